"""A question of the log taken up again: the interview whose answers say its facts, and what is said on the way."""

from __future__ import annotations

from dataclasses import replace

from bot.journal import Enquiry
from bot.messages import Button, Reply, Text
from bot.presses import press_data
from rules.errors import SituationError
from rules.interview import Interview, Interviewer
from rules.recalling import recalled


def restored(enquiry: Enquiry, interviewer: Interviewer) -> Interview | None:
    """The interview that led to a logged answer, under the rules that it was given by.

    None where its facts do not lead there any more (the settings of a territory changed, say).
    """
    if "aujourdhui" not in enquiry.facts:
        return None
    try:
        found = recalled(interviewer, enquiry.facts, enquiry.asked_at.date())
        interview = interviewer.tell(found.interview, found.beside) if found.beside else found.interview
        step = interviewer.step(interview)
    except SituationError:
        return None
    same = step.situation.record() == dict(enquiry.facts)
    return interview if same and step.finding and list(step.finding.missions) == enquiry.answer["missions"] else None


def offered(reply: Reply, enquiry: Enquiry, turn: int) -> Reply:
    """The question under way, with the button that leaves it for an earlier one."""
    label = Text("coordination.take_up", {"day": enquiry.asked_at.date()})
    button = Button(press_data("resume", turn, enquiry.token), label, "skip")
    return replace(reply, buttons=((button,), *reply.buttons))
