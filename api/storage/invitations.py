"""Invitations by which visitors join a territory. Of a link's token only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from api.access.roles import Account
from api.storage.access_schema import invitations, visitors
from api.storage.audit import note
from bot.membership import InvitationRefused

SUBJECT = "invitation"


@dataclass(frozen=True, slots=True)
class Invitation:
    """``most``: how many may join by it, None for no limit; ``joined``: how many have."""

    id: int
    territory: str
    made_at: datetime
    until: datetime
    most: int | None
    joined: int
    ended_at: datetime | None

    def refusal(self, now: datetime) -> str | None:
        """Why nobody can join by it any more (the end of a message id), else None."""
        if self.ended_at is not None:
            return "ended"
        if self.until <= now:
            return "expired"
        return "full" if self.most is not None and self.joined >= self.most else None


class Invitations:
    """The table on a connection, whose transaction the caller commits or rolls back."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def make(self, by: Account, until: datetime, most: int | None, at: datetime) -> str:
        """A new invitation into the territory of whoever makes it: the token of its link."""
        token = secrets.token_urlsafe(16)
        row = {"key": _key(token), "territory": by.territory, "made_by": by.id, "made_at": at, "until": until}
        new = invitations.insert().values(row | {"most": most, "joined": 0}).returning(invitations.c.id)
        note(self.connection, by, "invitation.made", SUBJECT, self.connection.execute(new).scalar_one(), at)
        return token

    def of(self, token: str) -> Invitation | None:
        """The invitation that a link's token opens, also one that is over."""
        row = self.connection.execute(_select().where(invitations.c.key == _key(token))).first()
        return None if row is None else Invitation(*row)

    def made_in(self, territory: str) -> list[Invitation]:
        """Those of a territory, the newest first."""
        found = _select().where(invitations.c.territory == territory).order_by(invitations.c.id.desc())
        return [Invitation(*row) for row in self.connection.execute(found)]

    def end(self, number: int, by: Account, at: datetime) -> bool:
        """Nobody joins by it from now on. Whether it is one of their territory, and was not ended."""
        one = (
            (invitations.c.id == number) & (invitations.c.territory == by.territory) & invitations.c.ended_at.is_(None)
        )
        done = self.connection.execute(invitations.update().where(one).values(ended_at=at)).rowcount == 1
        if done:
            note(self.connection, by, "invitation.ended", SUBJECT, number, at)
        return done

    def use(self, token: str, at: datetime) -> Invitation:
        """Count one more who joins by it. Raises InvitationRefused."""
        able = (
            (invitations.c.key == _key(token))
            & invitations.c.ended_at.is_(None)
            & (invitations.c.until > at)
            & (invitations.c.most.is_(None) | (invitations.c.joined < invitations.c.most))
        )
        counted = self.connection.execute(
            invitations.update().where(able).values(joined=invitations.c.joined + 1).returning(*_columns())
        ).first()
        if counted is None:
            found = self.of(token)
            raise InvitationRefused(f"membership.refused.{(found and found.refusal(at)) or 'unknown'}")
        used = Invitation(*counted)
        note(self.connection, None, "visitor.joined", SUBJECT, used.id, at, {"territory": used.territory})
        return used


def count_visitors(connection: Connection, territory: str | None) -> int:
    """How many visitors have joined a territory and not left."""
    there = (visitors.c.territory == territory) & visitors.c.left_at.is_(None)
    return connection.scalar(select(func.count()).select_from(visitors).where(there)) or 0


def _columns() -> tuple:
    return tuple(invitations.c[name] for name in Invitation.__slots__)


def _select():
    return select(*_columns())


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
