"""THE use case: one thing a person did in, one reply out. The same for every channel.

`respond` works inside a unit of work that the caller opened, and leaves everything that must last in its journal.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from structlog.contextvars import bound_contextvars

from bot import showing
from bot.admission import admit
from bot.asking_coordination import contest, hear_verdict, resume
from bot.asking_household import ask, be_about, take_answer
from bot.commands import HOUSEHOLD_PAYLOAD, START, TERRITORY_PAYLOAD
from bot.explaining import other_missions_sections
from bot.messages import Incoming, Reply
from bot.presses import Press, read_press
from bot.proposals import confirm, leave_out, refuse, stand, take_text
from bot.services import Services
from bot.talk import Talk
from bot.wording import languages
from rules.explaining.explain import explain

log = logging.getLogger(__name__)


def respond(incoming: Incoming, services: Services) -> Reply:
    """Answer one event: the next question, the finding, or the current question again where the press is out of date.

    A finished question is logged once, when its last answer comes in. Of somebody who may not ask nothing is kept.
    """
    talk = Talk.of(incoming, services)
    with bound_contextvars(channel=incoming.channel, update=incoming.event, interview=talk.name):
        if incoming.household is not None:
            be_about(talk, incoming.household)
        refusal = admit(talk, incoming)
        if refusal is not None:
            log.info("not admitted")
            return refusal
        reply = _take(talk, incoming)
        lasting = talk.lasting()
        services.journal.keep(lasting)
        log.info("answered: %s", f"asks {lasting.asking}" if lasting.asking else "it is settled or referred")
    language = talk.dialogue.language
    return reply if reply.language == language else replace(reply, language=language)


def hear(dialogue: str, question: str, facts: Mapping[str, object], today: date, services: Services) -> bool:
    """Go on with an interview by what a household answered to the question that it stands at.

    ``dialogue``: its key. Whether the answer was taken: one that fits no choice, or another question's, does nothing.
    """
    talk = Talk.kept(dialogue, Incoming("", "", "", today), services) if facts else None
    if talk is None or talk.dialogue.interview is None:
        return False
    incoming = Incoming(talk.dialogue.channel, "", "", today)
    if talk.notice is not None or not take_answer(talk, question, facts, incoming):
        return False
    services.journal.keep(talk.lasting())
    return True


def _take(talk: Talk, incoming: Incoming) -> Reply:
    if incoming.command is not None:
        return _command(talk, incoming.command, incoming.argument or "", incoming)
    if talk.notice is not None:
        return talk.show()  # it began anew: what was pressed or typed answered another question
    if incoming.button is not None:
        press = read_press(incoming.button)
        return talk.show("chat.not_understood") if press is None else _press(talk, press, incoming)
    if incoming.text is not None:
        return take_text(talk, incoming.text, incoming)
    return stand(talk)


def _command(talk: Talk, command: str, argument: str, incoming: Incoming) -> Reply:
    match command:
        case "start" | "sr_ou_n1":
            if argument.startswith(TERRITORY_PAYLOAD):
                _move_to(talk, argument.removeprefix(TERRITORY_PAYLOAD), incoming)
            if argument.startswith(HOUSEHOLD_PAYLOAD):
                be_about(talk, argument.removeprefix(HOUSEHOLD_PAYLOAD))
            if command == START and not talk.interview.begun:
                return showing.welcome(talk.show())
            talk.restart(incoming)
            return talk.show()
        case "recommencer":
            talk.restart(incoming)
            return talk.show()
        case "retour":
            return talk.back()
        case "ecouter":
            return replace(stand(talk), aloud=True, written=False)
        case "langue":
            return _language(talk, argument.strip(), incoming)
        case _:
            return showing.help_reply(stand(talk))


def _press(talk: Talk, press: Press, incoming: Incoming) -> Reply:
    if press.kind == "language":
        return replace(_language(talk, press.value, incoming), edits=True)
    if press.kind == "help":
        return showing.help_reply(stand(talk))
    if press.kind == "resume":
        return resume(talk, press, incoming)
    if press.kind == "listen" and press.value not in ("", showing.HELP, showing.WHY):
        return hear_verdict(talk, press)
    if press.turn != talk.dialogue.turn:
        return talk.show("chat.out_of_date")
    match press.kind:
        case "more":
            return replace(talk.show(more=True), edits=True)
        case "back":
            return replace(talk.back(), edits=True)
        case "restart":
            talk.restart(incoming)
            return talk.show()
        case "correct":
            return replace(talk.correct(press.value), edits=True)
        case "why":
            return replace(_why(talk), edits=True)
        case "ask":
            return ask(talk, press.value)
        case "confirm":
            return replace(confirm(talk, incoming), edits=True)
        case "leave_out":
            return replace(leave_out(talk, press.value), edits=True)
        case "refuse":
            return replace(refuse(talk), edits=True)
        case "listen":
            return replace(_shown(talk, press.value), aloud=True, written=False)
        case "contest":
            return replace(contest(talk), edits=True)
        case _:
            return replace(talk.answer(press.value, incoming), edits=True)


def _shown(talk: Talk, what: str) -> Reply:
    """What a button to listen stands under."""
    match what:
        case showing.WHY:
            return _why(talk)
        case showing.HELP:
            return showing.help_reply(stand(talk))
        case _:
            return stand(talk)


def _why(talk: Talk) -> Reply:
    """The answer again, with why it is none of the other missions and what would lead to each."""
    shown, compiled = talk.show(), talk.interviewer.compiled
    step = talk.interviewer.step(talk.interview)
    if step.finding is None:
        return shown
    explained = explain(compiled, step.situation, talk.interviewer.territory)
    return showing.why_not(shown, other_missions_sections(explained.others, compiled.ruleset))


def _language(talk: Talk, code: str, incoming: Incoming) -> Reply:
    if code not in languages():
        return showing.language_menu(stand(talk))
    talk.dialogue = replace(talk.dialogue, language=code)
    talk.services.membership.speaks(talk.who(incoming))
    return stand(talk)


def _move_to(talk: Talk, territory: str, incoming: Incoming) -> None:
    if talk.services.territory(territory) is None:
        talk.notice = "chat.unknown_territory"
        return
    if not talk.services.membership.may_move(talk.who(incoming), territory):
        talk.notice = "membership.not_yours"
        return
    talk.dialogue = replace(talk.dialogue, territory=territory)
    talk.restart(incoming)
