"""A question of the log taken up again: the interview whose answers say its facts, and what is said on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.journal import Enquiry
from bot.messages import Button, Reply, Text
from bot.presses import press_data
from rules.errors import SituationError
from rules.interview import TYPED, UNKNOWN, Interview, Interviewer, Step


def restored(enquiry: Enquiry, interviewer: Interviewer) -> Interview | None:
    """The interview that led to a logged answer, under the rules that it was given by.

    None where its facts are no answers of these questions (those of a territory changed, say).
    """
    started = enquiry.facts.get("aujourdhui")
    if not isinstance(started, str):
        return None
    interview = interviewer.start(date.fromisoformat(started))
    try:
        step = interviewer.step(interview)
        while step.finding is None:
            interview = interviewer.answer(interview, _choice(step, enquiry.facts))
            step = interviewer.step(interview)
    except SituationError:
        return None
    same = step.situation.record() == dict(enquiry.facts)
    return interview if same and list(step.finding.missions) == enquiry.answer["missions"] else None


def _choice(step: Step, facts: Mapping[str, object]) -> str:
    """What was chosen there: the choice that says most of the facts, a typed day, or « je ne sais pas »."""
    assert step.question is not None  # noqa: S101  (told by the caller)
    said = [c for c in step.choices if all(fact in facts and facts[fact] == v for fact, v in c.facts.items())]
    if said:
        return max(said, key=lambda choice: len(choice.facts)).id
    day = facts.get(step.question.delay) if step.question.delay else None
    return f"{TYPED}{day}" if isinstance(day, str) else UNKNOWN


def offered(reply: Reply, enquiry: Enquiry, turn: int) -> Reply:
    """The question under way, with the button that leaves it for an earlier one."""
    label = Text("coordination.take_up", {"day": enquiry.asked_at.date()})
    button = Button(press_data("resume", turn, enquiry.token), label, "skip")
    return replace(reply, buttons=((button,), *reply.buttons))
