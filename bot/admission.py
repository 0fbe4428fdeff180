"""Who may ask: whoever comes by an invitation is taken in, somebody who may not ask is told how to be invited."""

from __future__ import annotations

from dataclasses import replace

from bot.commands import ASK, LANGUAGE, LISTEN, START, TERRITORY_PAYLOAD
from bot.membership import INVITATION_PAYLOAD, InvitationRefused, uninvited
from bot.messages import Incoming, Reply, Text
from bot.talk import Talk
from bot.wording import languages


def admit(talk: Talk, incoming: Incoming) -> Reply | None:
    """Take in whoever comes by an invitation. What to say to somebody who may not ask, else None."""
    argument = incoming.argument or ""
    if incoming.command == START and argument.startswith(INVITATION_PAYLOAD):
        return _join(talk, argument.removeprefix(INVITATION_PAYLOAD), incoming)
    territory = talk.dialogue.territory
    if incoming.command in (START, ASK) and argument.startswith(TERRITORY_PAYLOAD):
        territory = argument.removeprefix(TERRITORY_PAYLOAD)
    membership, who = talk.services.membership, talk.who(incoming)
    if membership.may_ask(who, territory):
        return None
    chosen = argument.strip() if incoming.command == LANGUAGE else ""
    told = uninvited(membership, chosen if chosen in languages() else who.language)
    return replace(told, aloud=True, written=False) if incoming.command == LISTEN else told


def _join(talk: Talk, token: str, incoming: Incoming) -> Reply | None:
    membership, who = talk.services.membership, talk.who(incoming)
    try:
        joined = membership.join(token, who)
    except InvitationRefused as refused:
        if not membership.may_ask(who, talk.dialogue.territory):
            return uninvited(membership, who.language, refused.said)
        talk.notices = (refused.said,)
        return None
    if joined.territory != talk.dialogue.territory:
        talk.dialogue = replace(talk.dialogue, territory=joined.territory)
        talk.restart(incoming)
    territory = talk.services.territory(joined.territory)
    named = {"territory": territory.name if territory else joined.territory}
    talk.notices = (Text("membership.joined.before" if joined.before else "membership.joined", named),)
    if joined.reached:
        talk.notices += (Text("membership.joined.reached"),)
    return None
