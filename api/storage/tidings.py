"""What visitors are told in their own chat: a verdict, a question back, a vignette. Of each, ids alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from api.storage.review_schema import tidings

VERDICT, VIGNETTE = "verdict", "vignette"


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
