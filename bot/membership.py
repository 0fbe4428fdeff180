"""Who may ask: visitors whom a coordinator invited, and anybody where it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.messages import Reply, Section, Text

INVITATION_PAYLOAD = "i_"


@dataclass(frozen=True, slots=True)
class Asker:
    """``key``: the keyed hash. ``address``: the channel's own key of the person, empty where it is not known."""

    key: str
    channel: str
    address: str
    language: str


@dataclass(frozen=True, slots=True)
class Joined:
    """By an invitation, into its territory. ``before``: they had joined there already. ``reached``: they can be
    written to, by the address that is kept."""

    territory: str
    before: bool = False
    reached: bool = False


class InvitationRefused(Exception):
    """The invitation opens nothing. ``said`` tells why and what to do."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.said = Text(message, params)


class Membership(Protocol):
    """What a conversation needs to know of its visitor, in its own transaction."""

    def may_ask(self, asker: Asker, territory: str | None) -> bool:
        """Whether they have joined, or the territory is open to all."""

    def may_move(self, asker: Asker, territory: str) -> bool:
        """Whether they may ask in this territory from now on: it is theirs, or open to all."""

    def join(self, token: str, asker: Asker) -> Joined:
        """Take them in by an invitation. Raises InvitationRefused."""

    def has_asked(self, asker: Asker, territory: str | None) -> None:
        """A question of theirs is logged: where it is open to all, that is how they join."""

    def speaks(self, asker: Asker) -> None:
        """From now on they are told in this language."""

    def how(self) -> Text:
        """How to be invited, and what can be read without."""


class Open:
    """Where anybody may ask, and nobody has to be remembered."""

    def may_ask(self, asker: Asker, territory: str | None) -> bool:
        return True

    def may_move(self, asker: Asker, territory: str) -> bool:
        return True

    def join(self, token: str, asker: Asker) -> Joined:
        raise InvitationRefused("membership.refused.unknown")

    def has_asked(self, asker: Asker, territory: str | None) -> None:
        return None

    def speaks(self, asker: Asker) -> None:
        return None

    def how(self) -> Text:
        return Text("membership.how", {"guide": "/guide"})


OPEN = Open()


def uninvited(membership: Membership, language: str, why: Text | None = None) -> Reply:
    """What somebody who has not joined is told. ``why``: their invitation was refused."""
    first = why or Text("membership.uninvited")
    lines = (first, membership.how(), Text("membership.nothing_kept"))
    return Reply((Section("help", lines, Text("membership.title")),), language=language)
