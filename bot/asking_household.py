"""An interview and its household: which one it is about, a question sent to it, its answer taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.followup.asking import choice_said
from bot.messages import Incoming, Reply
from bot.talk import Talk


def be_about(talk: Talk, token: str) -> None:
    """From now on the question is about this household, which can then be asked."""
    reference = talk.services.households.known(token)
    talk.notice = "chat.unknown_household" if reference is None else talk.notice
    talk.dialogue = replace(talk.dialogue, household=reference or talk.dialogue.household)


def ask(talk: Talk, question: str) -> Reply:
    """Send the current question to the household; its answer takes the interview up again."""
    step = talk.interviewer.step(talk.interview)
    if not talk.askable(step) or step.question is None or step.question.id != question:
        return talk.show("chat.out_of_date")
    assert talk.dialogue.household is not None  # noqa: S101  (askable says so)
    told = talk.services.households.ask(talk.dialogue.household, question, talk.asker)
    return talk.show(notices=(told,))


def take_answer(talk: Talk, question: str, facts: Mapping[str, object], incoming: Incoming) -> bool:
    """Take a household's answer for the current question, where it says one of its choices. Whether it did."""
    step = talk.interviewer.step(talk.interview)
    if step.question is None or step.question.id != question:
        return False
    choice = choice_said(step.choices, facts)
    if choice is None:
        return False
    talk.answer(choice, incoming)
    return True
