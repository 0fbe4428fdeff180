"""What visitors are told in their own chat: a verdict, a question back, a vignette. Of each, ids alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, select

from api.storage.quick import Quick
from api.storage.review_schema import tidings

VERDICT, VIGNETTE = "verdict", "vignette"

_WAITING = Quick(
    select(tidings.c.id)
    .where(tidings.c.visitor == bindparam("of_visitor"), tidings.c.shown_at.is_(None), tidings.c.failure.is_not(None))
    .order_by(tidings.c.made_at, tidings.c.id)
)


@dataclass(frozen=True, slots=True)
class Tiding:
    """``visitor``: the asker's keyed hash. ``about``: the id of the verdict or the vignette."""

    id: str
    visitor: str
    kind: str
    about: str


def add_tiding(connection: Connection, visitor: str, kind: str, about: object, at: datetime) -> Tiding:
    """Note, in the caller's transaction, that a visitor is to be told."""
    made = Tiding(secrets.token_urlsafe(12), visitor, kind, str(about))
    row = {"id": made.id, "visitor": visitor, "kind": kind, "about": made.about, "made_at": at}
    connection.execute(tidings.insert().values(row))
    return made


def waiting_tidings(connection: Connection, visitor: str) -> list[Tiding]:
    """What a visitor has not been shown yet, the oldest first."""
    columns = (tidings.c.id, tidings.c.visitor, tidings.c.kind, tidings.c.about)
    mine = (tidings.c.visitor == visitor) & tidings.c.shown_at.is_(None)
    rows = connection.execute(select(*columns).where(mine).order_by(tidings.c.made_at, tidings.c.id))
    return [Tiding(*row) for row in rows]


def tiding_shown(connection: Connection, tiding: str, at: datetime) -> None:
    """Note that it arrived; the first time stays."""
    one = (tidings.c.id == tiding) & tidings.c.shown_at.is_(None)
    connection.execute(tidings.update().where(one).values(shown_at=at, failure=None))


def tiding_waiting(connection: Connection, tiding: str) -> Tiding | None:
    """The tiding, while it was not shown."""
    columns = (tidings.c.id, tidings.c.visitor, tidings.c.kind, tidings.c.about)
    row = connection.execute(select(*columns).where(_unshown(tiding))).first()
    return None if row is None else Tiding(*row)


def tiding_failed(connection: Connection, tiding: str, code: str) -> None:
    """Note why it did not arrive: from now on it waits for the visitor's next visit."""
    connection.execute(tidings.update().where(_unshown(tiding)).values(failure=code))


def wake_tidings(connection: Connection, visitor: str) -> list[str]:
    """The ids of those that wait for a visit, which do not wait any more: who asked for them sends them again."""
    waiting = [tiding for (tiding,) in _WAITING.rows(connection, of_visitor=visitor)]
    if not waiting:
        return []
    mine = (tidings.c.visitor == visitor) & tidings.c.shown_at.is_(None) & tidings.c.failure.is_not(None)
    woken = tidings.update().where(mine, tidings.c.id.in_(waiting)).values(failure=None).returning(tidings.c.id)
    taken = set(connection.scalars(woken))
    return [one for one in waiting if one in taken]


def drop_tiding(connection: Connection, tiding: str) -> None:
    """What it was about does not count any more: nobody is told."""
    connection.execute(tidings.delete().where(_unshown(tiding)))


def _unshown(tiding: str) -> ColumnElement[bool]:
    return (tidings.c.id == tiding) & tidings.c.shown_at.is_(None)
