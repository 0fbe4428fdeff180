"""Who may ask: `bot.membership.Membership` on the visitors and invitations of a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select

from api.storage.access_schema import accounts
from api.storage.invitations import Invitations
from api.storage.journal import Clock, now
from api.storage.quick import Quick
from api.storage.vault import Vault
from api.storage.visitors import REACHED, Visitor, Visitors
from bot.membership import Asker, InvitationRefused, Joined
from bot.messages import Text
from rules.model import Territory

TERMINAL = "terminal"
GUIDE = "/guide"
_ANY_ACCOUNT = Quick(select(exists(select(accounts.c.id))))


@dataclass
class Doorkeeper:
    """What lasts between events. ``known``: a territory's settings by its id.

    Where no account was ever made the program is being tried out: nobody could invite, and everybody may ask.
    """

    vault: Vault
    known: Callable[[str | None], Territory | None]
    public_url: str
    clock: Clock = now
    tried_out: bool = True

    def at(self, connection: Connection) -> VisitorMembership:
        """The membership in a transaction."""
        return VisitorMembership(self, Visitors(connection, self.vault))

    def open_in(self, territory: str | None, connection: Connection) -> bool:
        """Whether anybody may ask in this territory."""
        settings = self.known(territory)
        if settings is not None and settings.open_to_all:
            return True
        if self.tried_out:
            self.tried_out = not _ANY_ACCOUNT.value(connection)
        return self.tried_out


@dataclass(frozen=True)
class VisitorMembership:
    """In one transaction: one read of an index for each event of a visitor who has joined."""

    door: Doorkeeper
    visitors: Visitors

    def may_ask(self, asker: Asker, territory: str | None) -> bool:
        if asker.channel == TERMINAL or self.visitors.joined(asker.key):
            return True
        return self.door.open_in(territory, self.visitors.connection)

    def may_move(self, asker: Asker, territory: str) -> bool:
        if asker.channel == TERMINAL or self.visitors.territory(asker.key) == territory:
            return True
        return self.door.open_in(territory, self.visitors.connection)

    def join(self, token: str, asker: Asker) -> Joined:
        invitations = Invitations(self.visitors.connection)
        if asker.channel == TERMINAL:
            raise InvitationRefused("membership.refused.terminal")
        found = invitations.of(token)
        if found is not None and found.territory == self.visitors.territory(asker.key):
            return Joined(found.territory, before=True)
        used = invitations.use(token, self.door.clock())
        joins = _visitor(asker, used.territory)
        self.visitors.join(joins, self.door.clock(), used.id)
        return Joined(used.territory, reached=joins.address is not None)

    def has_asked(self, asker: Asker, territory: str | None) -> None:
        known = asker.address and asker.channel != TERMINAL
        if known and not self.visitors.joined(asker.key):
            self.visitors.join(_visitor(asker, territory), self.door.clock())

    def speaks(self, asker: Asker) -> None:
        self.visitors.speaks(asker.key, asker.language)

    def how(self) -> Text:
        return Text("membership.how", {"guide": self.door.public_url + GUIDE})


def _visitor(asker: Asker, territory: str | None) -> Visitor:
    """A browser cannot be written to: the address is kept of channels that can."""
    address = asker.address if asker.channel in REACHED and asker.address else None
    return Visitor(asker.key, asker.channel, territory, asker.language, address)
