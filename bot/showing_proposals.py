"""Replies that ask whether something was understood rightly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.journal import Dialogue
from bot.messages import Button, Reply, Section, Text
from bot.presses import press_data
from bot.showing import label
from bot.understanding.confirming import line
from rules.interview import UNKNOWN, Interview, Interviewer


def proposed_choice(
    shown: Reply, dialogue: Dialogue, interviewer: Interviewer, interview: Interview, choice: str
) -> Reply:
    """The question as it is shown, under « is it this one? »: yes is that answer's own button."""
    asked = interviewer.step(interview).question
    assert asked is not None  # noqa: S101  (a choice is proposed for a question)
    said = Text("choice.unknown") if choice == UNKNOWN else label(asked, interviewer.choice(interview, asked, choice))
    yes = Button(press_data("answer", dialogue.turn, choice), Text("speech.yes"), "confirm")
    no = Button(press_data("refuse", dialogue.turn), Text("speech.no"), "confirm")
    section = Section("proposal", (Text("speech.understood", {"answer": said}),))
    return replace(shown, sections=(section, *shown.sections), buttons=((yes, no), *shown.buttons))


def proposed_facts(
    dialogue: Dialogue, facts: Mapping[str, object], words: Mapping[str, str], notices: Sequence[Text]
) -> Reply:
    """Each fact beside the words that it came from; a button to take all, to leave one out, to begin without."""
    turn = dialogue.turn
    lines = tuple(line(fact, value, words[fact]) for fact, value in facts.items())
    sections = (
        *((Section("notice", tuple(notices)),) if notices else ()),
        Section("proposal", lines, Text("understanding.title")),
        Section("progress", (Text("understanding.lead"),)),
    )
    yes = Button(press_data("confirm", turn), Text("understanding.confirm"), "confirm")
    without = tuple(
        (Button(press_data("leave_out", turn, fact), _without(fact), "correct"),) for fact in facts if len(facts) > 1
    )
    no = Button(press_data("refuse", turn), Text("understanding.start_over"), "back")
    listen = Button(press_data("listen", turn), Text("speech.listen"), "listen")
    return Reply(sections, ((yes,), *without, (no,), (listen,)), language=dialogue.language)


def _without(fact: str) -> Text:
    return Text("understanding.without", {"name": Text(f"fact.{fact}")})
