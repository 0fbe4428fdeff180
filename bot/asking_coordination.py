"""What a visitor does about coordination: has it look at an answer, takes up a question that came back."""

from __future__ import annotations

from dataclasses import replace

from bot.coordination import about_answer, ruling_section
from bot.messages import Incoming, Reply, Text
from bot.presses import Press
from bot.resuming import offered
from bot.talk import Talk


def contest(talk: Talk) -> Reply:
    """Have coordination look at the answer that is shown; the answer then says so."""
    if talk.dialogue.answer_token is None or talk.interviewer.step(talk.interview).finding is None:
        return talk.show("chat.out_of_date")
    talk.services.coordination.ask(talk.dialogue.answer_token)
    return talk.show()


def hear_verdict(talk: Talk, press: Press) -> Reply:
    """What coordination said of an earlier question of the same visitor, read aloud."""
    before = talk.services.journal.enquiry(press.value)
    standing = talk.services.coordination.standing(press.value) if before and before.asker == talk.asker else None
    if before is None or standing is None or standing.ruling is None:
        return talk.show("chat.out_of_date")
    said = ruling_section(standing.ruling, talk.services.current.ruleset, (about_answer(before),))
    return Reply((said,), language=talk.dialogue.language, aloud=True, written=False)


def resume(talk: Talk, press: Press, incoming: Incoming) -> Reply:
    """Take up an earlier question of the same visitor; one under way is left only once they were asked."""
    before = talk.services.journal.enquiry(press.value)
    if before is None or before.asker != talk.asker:
        return talk.show("chat.out_of_date")
    if talk.dialogue.answer_token == before.token:
        return talk.show()
    standing = talk.services.coordination.standing(before.token)
    if standing is not None and standing.replaced:
        return talk.show("coordination.replaced")
    day = before.asked_at.date()
    under_way = talk.interview.begun and talk.interviewer.step(talk.interview).question is not None
    if under_way and press.turn != talk.dialogue.turn:
        return offered(talk.show(notices=(Text("coordination.moved_on", {"day": day}),)), before, talk.dialogue.turn)
    as_before = talk.restore(before)
    if not as_before:
        talk.restart(incoming)
    talk.dialogue = replace(talk.dialogue, answer_token=before.token)
    return talk.show(notices=(Text("coordination.resumed" if as_before else "coordination.again", {"day": day}),))
