"""Replies: what a step of the interview looks like, in message ids. Channels choose the words and the look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.journal import Dialogue
from bot.messages import Button, Reply, Section, Text
from bot.presses import ISO_DAY, press_data
from bot.rendering import error_text, hint_text, spoken
from bot.understanding.confirming import said as fact_said
from bot.wording import autonyms
from rules.doctrine import is_doctrine
from rules.errors import SituationError
from rules.interview import TYPED, UNKNOWN, Answer, Interview, Interviewer, Step
from rules.model import Advice, Choice, Finding, Flip, Question, Reason, Ruleset

FLIPS_SHOWN = 4
Buttons = tuple[tuple[Button, ...], ...]


def question(
    dialogue: Dialogue,
    interviewer: Interviewer,
    interview: Interview,
    step: Step,
    notices: Sequence[Text],
    *,
    more: bool = False,
    askable: bool = False,
) -> Reply:
    """The current question: what was answered, the question with its help, a button a choice.

    ``askable``: the household itself can be asked.
    """
    asked = step.question
    assert asked is not None  # noqa: S101  (told by the caller)
    number = len(interview.answers) + (0 if interview.correcting else 1)
    sections = (
        *_notices(notices),
        *_recap(interviewer, interview),
        progress_section(number),
        question_section(asked),
    )
    shown = step.choices if more or not asked.first else step.choices[: asked.first]
    rows = [(_choice_button(dialogue, asked, choice),) for choice in shown]
    if len(shown) < len(step.choices):
        rows.append((Button(press_data("more", dialogue.turn), Text("chat.more")),))
    unknown = press_data("answer", dialogue.turn, UNKNOWN)
    rows.append((Button(unknown, Text("choice.unknown"), "skip"),))
    if askable:
        rows.append((Button(press_data("ask", dialogue.turn, asked.id), Text("chat.ask_household"), "skip"),))
    rows += _tools(dialogue, interviewer, interview)
    return Reply(sections, tuple(rows), language=dialogue.language, territory=dialogue.territory)


def progress_section(number: int) -> Section:
    """How far the interview is."""
    return Section("progress", (Text("chat.progress", {"number": number}),))


def question_section(asked: Question) -> Section:
    """A question with its help."""
    return Section("question", (Text(f"question.{asked.id}.hint"),), Text(f"question.{asked.id}"))


def answer(
    dialogue: Dialogue,
    interviewer: Interviewer,
    interview: Interview,
    finding: Finding,
    notices: Sequence[Text],
) -> Reply:
    """The finding, and the ways on: correct an answer, ask another question, share."""
    sections = (*_notices(notices), *_recap(interviewer, interview), *finding_sections(finding, interviewer))
    why = Button(press_data("why", dialogue.turn), Text("chat.why_not_another"))
    tools = ((why,), *_tools(dialogue, interviewer, interview))
    return Reply(sections, tools, share=dialogue.answer_token, language=dialogue.language)


def finding_sections(finding: Finding, interviewer: Interviewer) -> tuple[Section, ...]:
    """An answer as a visitor reads it: what, why, who decides, what it is not, what would change it."""
    ruleset = interviewer.compiled.ruleset
    found = [_headline(finding)]
    if finding.missing:
        lines = tuple(Text(f"fact.{fact}") for fact in finding.missing)
        found.append(Section("advice", lines, Text("chat.missing")))
    if finding.open:
        who = Text("chat.who_decides", {"who": Text(f"decider.{finding.open.decider}")})
        why = Text(f"open_reason.{finding.open.reason}")
        words = Text(finding.open.question, spoken(finding.open.params))
        found.append(Section("open", (why, who, words), Text("chat.open")))
    if doctrine := tuple(a for a in finding.advice if is_doctrine(a)):
        found.append(Section("doctrine", _advised(doctrine), Text("chat.doctrine")))
    if finding.reasons:
        found.append(Section("reasons", tuple(_cited(r, ruleset) for r in finding.reasons), Text("chat.why")))
    if finding.excluded:
        lines = tuple(_ruled_out(e.mission, e.reasons[0], ruleset) for e in finding.excluded)
        found.append(Section("excluded", lines, Text("chat.not_this")))
    if finding.flips:
        lines = tuple(_flip(flip, interviewer) for flip in finding.flips[:FLIPS_SHOWN])
        found.append(Section("flips", lines, Text("chat.would_change")))
    if finding.open_points:
        lines = tuple(statement_cited(number, ruleset) for number in finding.open_points)
        found.append(Section("advice", lines, Text("chat.open_points")))
    if advice := tuple(a for a in finding.advice if not is_doctrine(a)):
        found.append(Section("advice", _advised(advice), Text("chat.advice")))
    return tuple(found)


def why_not(answer: Reply, others: tuple[Section, ...]) -> Reply:
    """An answer's reply with these sections on the other missions in the place of what else it says."""
    kept = tuple(s for s in answer.sections if s.kind in ("verdict", "notice", "recap", "answer"))
    buttons = tuple(row for row in answer.buttons if not any(b.data.startswith("w:") for b in row))
    return replace(answer, sections=(*kept, *others), buttons=buttons)


def welcome(reply: Reply) -> Reply:
    """The same reply under a greeting."""
    hello = Section("help", (Text("chat.hello"), Text("chat.privacy")))
    return replace(reply, sections=(hello, *reply.sections))


def help_reply(reply: Reply) -> Reply:
    """The same reply under the help, which says what stands behind the answers."""
    said = ("chat.help.what", "chat.help.how", "speech.help", "chat.help.commands", "chat.privacy")
    lines = tuple(Text(message) for message in said)
    return replace(reply, sections=(Section("help", lines, Text("chat.help")), *reply.sections))


def language_menu(reply: Reply) -> Reply:
    """Each language under its own name, above what was shown."""
    names = autonyms().items()
    row = tuple(Button(press_data("language", 0, c), Text("chat.verbatim", {"text": n}), "language") for c, n in names)
    menu = Section("help", (Text("chat.language"),))
    return replace(reply, sections=(menu, *reply.sections), buttons=(row, *reply.buttons))


def error_lines(error: SituationError) -> list[Text]:
    """What is wrong with what was said, and the remedy."""
    return [_in_words(text) for e in error.errors for text in (error_text(e), hint_text(e))]


def _in_words(error: Text) -> Text:
    """An error about dates, as a visitor reads it: facts by their names, days in full."""
    return replace(error, params={name: _worded(value) for name, value in error.params.items()})


def _worded(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.startswith("date_"):
        return Text(f"fact.{value}")
    try:
        return Text("chat.day", {"day": date.fromisoformat(value)}) if ISO_DAY.fullmatch(value) else value
    except ValueError:
        return value


def _headline(finding: Finding) -> Section:
    if finding.status == "settled":
        missions = tuple(Text(f"mission.{m}") for m in finding.missions)
        return Section("answer", (*missions, Text(f"certainty.{finding.certainty}")), Text("chat.answer"))
    lines = [Text("chat.referred")]
    if finding.candidates:
        names = tuple(Text(f"mission.{m}") for m in finding.candidates)
        lines.append(Text("chat.candidates", {"missions": names}))
    return Section("answer", tuple(lines), Text("chat.answer"))


def _advised(advice: Sequence[Advice]) -> tuple[Text, ...]:
    return tuple(Text(a.message, spoken(a.params)) for a in advice)


def _cited(reason: Reason, ruleset: Ruleset) -> Text:
    where = ruleset.statements[reason.statement].provenance
    params = {"statement": reason.statement, "document": where.document, "passage": where.passage}
    return Text("chat.cited", {"reason": Text(reason.message, reason.params), **params})


def _ruled_out(mission: str, reason: Reason, ruleset: Ruleset) -> Text:
    return Text("chat.ruled_out", {"mission": Text(f"mission.{mission}"), "reason": _cited(reason, ruleset)})


def statement_cited(number: int, ruleset: Ruleset) -> Text:
    """A statement of the text in its own words, with where it stands."""
    where = ruleset.statements[number].provenance
    said = Text(f"statement.{number}")
    return Text(
        "chat.cited",
        {"reason": said, "statement": number, "document": where.document, "passage": where.passage},
    )


def _flip(flip: Flip, interviewer: Interviewer) -> Text:
    changes = tuple(_change(fact, value) for fact, value in flip.change.items() if value is not None)
    if not flip.missions:
        return Text("chat.flip_open", {"change": changes})
    missions = tuple(Text(f"mission.{m}") for m in flip.missions)
    return Text("chat.flip", {"change": changes, "missions": missions})


def _change(fact: str, value: object) -> Text:
    if isinstance(value, bool):
        value = Text(f"value.{fact}.{str(value).lower()}")
    elif not isinstance(value, date | int | Text):
        value = Text(f"value.{fact}.{value}")
    return Text("chat.change", {"fact": Text(f"fact.{fact}"), "value": value})


def _notices(notices: Sequence[Text]) -> tuple[Section, ...]:
    return (Section("notice", tuple(notices)),) if notices else ()


def _recap(interviewer: Interviewer, interview: Interview) -> tuple[Section, ...]:
    if not interview.begun:
        return ()
    told = _told(interviewer, interview)
    lines = (*told, *(_given(interviewer, interview, a) for a in interview.answers))
    return (Section("recap", lines, Text("chat.recap")),)


def _told(interviewer: Interviewer, interview: Interview) -> Iterator[Text]:
    """A line for each question that what was told answers, then what no question asks for."""
    left = dict(interview.told)
    for name, facts in interviewer.told_questions(interview).items():
        yield Text("chat.told", {"facts": tuple(fact_said(fact, left.pop(fact)) for fact in facts), "given": name})
    yield from (Text("chat.told", {"facts": (fact_said(fact, value),)}) for fact, value in left.items())


def _given(interviewer: Interviewer, interview: Interview, given: Answer) -> Text:
    answered = said(interviewer, interview, given)
    return Text(
        "chat.given",
        {"question": short(given.question), "answer": answered, "given": f"{given.question} {given.choice}"},
    )


def short(question: str) -> Text:
    """A question in a few words."""
    return Text(f"question.{question}.short")


def correction(question: str) -> Text:
    """The label of the button that corrects the answer to a question."""
    return Text("chat.correct", {"question": short(question)})


def said(interviewer: Interviewer, interview: Interview, given: Answer) -> Text:
    """What was answered to a question, as it was chosen or typed."""
    if given.choice == UNKNOWN:
        return Text("choice.unknown")
    if given.choice.startswith(TYPED):
        return Text("chat.day", {"day": date.fromisoformat(given.choice.removeprefix(TYPED))})
    asked = interviewer.question(given.question)
    choice = interviewer.choice(interview, asked, given.choice)
    return label(asked, choice)


def _choice_button(dialogue: Dialogue, asked: Question, choice: Choice) -> Button:
    return Button(press_data("answer", dialogue.turn, choice.id), label(asked, choice))


def label(asked: Question, choice: Choice) -> Text:
    """What a choice says."""
    if choice.months is None:
        return Text(f"choice.{asked.id}.{choice.id}")
    shorter, longer = choice.months
    if shorter is None:
        return Text("choice.delay.up_to", {"n": longer})
    if longer is None:
        return Text("choice.delay.over", {"n": shorter})
    if shorter == 1:
        return Text("choice.delay.over_one", {"b": longer})
    return Text("choice.delay.between", {"a": shorter, "b": longer})


def _tools(dialogue: Dialogue, interviewer: Interviewer, interview: Interview) -> Buttons:
    turn = dialogue.turn
    rows: list[tuple[Button, ...]] = []
    corrections = tuple(
        Button(
            press_data("correct", turn, question),
            correction(question),
            "correct",
        )
        for question in (*interviewer.told_questions(interview), *(a.question for a in interview.answers))
    )
    rows += [corrections[i : i + 2] for i in range(0, len(corrections), 2)]
    if interview.begun:
        back = Button(press_data("back", turn), Text("chat.back"), "back")
        rows.append((back, Button(press_data("restart", turn), Text("chat.restart"), "restart")))
    rows.append((Button(press_data("listen", turn), Text("speech.listen"), "listen"),))
    return tuple(rows)
