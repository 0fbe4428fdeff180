"""Replies: what a step of the interview looks like, in message ids. Channels choose the words and the look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.journal import Dialogue
from bot.messages import Button, Reply, Section, Text
from bot.presses import press_data
from bot.showing_findings import finding_sections
from bot.understanding.confirming import said as fact_said
from bot.wording import autonyms
from rules.interview import TYPED, UNKNOWN, Answer, Interview, Interviewer, Step
from rules.model import Choice, Finding, Question

Buttons = tuple[tuple[Button, ...], ...]
WHY, HELP = "why", "help"  # what a button to listen stands under, where it is not the step of the interview alone


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


def why_not(answer: Reply, others: tuple[Section, ...]) -> Reply:
    """An answer's reply with these sections on the other missions in the place of what else it says."""
    kept = tuple(s for s in answer.sections if s.kind in ("verdict", "notice", "recap", "answer"))
    buttons = tuple(row for row in answer.buttons if not any(b.data.startswith("w:") for b in row))
    return _heard_again(replace(answer, sections=(*kept, *others), buttons=buttons), WHY)


def welcome(reply: Reply) -> Reply:
    """The same reply under a greeting."""
    hello = Section("help", (Text("chat.hello"), Text("chat.privacy")))
    return replace(reply, sections=(hello, *reply.sections))


def help_reply(reply: Reply) -> Reply:
    """The same reply under the help, which says what stands behind the answers."""
    said = ("chat.help.what", "chat.help.how", "speech.help", "chat.help.commands", "chat.privacy")
    lines = tuple(Text(message) for message in said)
    return _heard_again(replace(reply, sections=(Section("help", lines, Text("chat.help")), *reply.sections)), HELP)


def _heard_again(reply: Reply, what: str) -> Reply:
    """The same reply, whose button to listen says what stands above it."""
    rows = tuple(
        tuple(replace(b, data=f"{b.data}{what}") if b.kind == "listen" else b for b in row) for row in reply.buttons
    )
    return replace(reply, buttons=rows)


def language_menu(reply: Reply) -> Reply:
    """Each language under its own name, above what was shown."""
    names = autonyms().items()
    row = tuple(Button(press_data("language", 0, c), Text("chat.verbatim", {"text": n}), "language") for c, n in names)
    menu = Section("help", (Text("chat.language"),))
    return replace(reply, sections=(menu, *reply.sections), buttons=(row, *reply.buttons))


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
