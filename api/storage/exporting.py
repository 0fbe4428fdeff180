"""Logged questions with what came of their review, page by page: no asker, no name, and no long transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, and_, func, select, tuple_

from api.storage.engine import READ_ONLY
from api.storage.reading import Selection
from api.storage.review_schema import reviews, verdicts
from api.storage.schema import enquiries

PAGE = 1000
Place = tuple[datetime, int]
"""Where a question stands in the list: when it was asked, and its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen(Selection):
    """Which questions, beside Selection: the state of the review, and what the queue is filtered by."""

    state: str | None = None
    open_reason: str | None = None
    channel: str | None = None
    language: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found = Selection.conditions(self)
        for column, wanted in (
            (enquiries.c.channel, self.channel),
            (enquiries.c.language, self.language),
            # coalesce: the list is walked by its own order, never sorted anew by an index of the queue
            (func.coalesce(reviews.c.state, ""), self.state),
            (func.coalesce(reviews.c.open_reason, ""), self.open_reason),
        ):
            if wanted is not None:
                found.append(column == wanted)
        return found


def page(connection: Connection, chosen: Chosen, after: Place | None = None, limit: int = PAGE) -> list[RowMapping]:
    """At most ``limit`` questions, newest first, from the one after ``after``: a new one does not shift them."""
    wanted = _questions().where(*chosen.conditions())
    place = (enquiries.c.asked_at, enquiries.c.id)
    if after is not None:
        wanted = wanted.where(tuple_(*place) < tuple_(*after, types=[column.type for column in place]))
    order = (enquiries.c.asked_at.desc(), enquiries.c.id.desc())
    return list(connection.execute(wanted.order_by(*order).limit(limit)).mappings())


def pages(engine: Engine, chosen: Chosen) -> Iterator[list[RowMapping]]:
    """Every page in turn, each read in a transaction of its own: whoever reads slowly holds nothing."""
    reading = engine.execution_options(**{READ_ONLY: True})
    after: Place | None = None
    while True:
        with reading.begin() as connection:
            found = page(connection, chosen, after)
        if found:
            yield found
        if len(found) < PAGE:
            return
        after = found[-1]["asked_at"], found[-1]["id"]


def count(engine: Engine, chosen: Chosen) -> int:
    """How many questions are chosen."""
    beside = chosen.state is not None or chosen.open_reason is not None
    wanted = select(func.count()).select_from(_reviewed() if beside else enquiries).where(*chosen.conditions())
    with engine.execution_options(**{READ_ONLY: True}).begin() as connection:
        return connection.scalar(wanted) or 0


def place_of(connection: Connection, token: str, territory: str | None) -> Place | None:
    """Where the question of this token stands; None for one that is not there, or of another territory."""
    wanted = select(enquiries.c.asked_at, enquiries.c.id).where(enquiries.c.token == token)
    if territory is not None:
        wanted = wanted.where(enquiries.c.territory == territory)
    row = connection.execute(wanted).first()
    return None if row is None else (row.asked_at, row.id)


def _reviewed() -> Any:
    return enquiries.outerjoin(reviews, reviews.c.enquiry == enquiries.c.id)


def _questions() -> Any:
    own = ("id", "token", "asked_at", "channel", "language", "territory", "ruleset_version")
    more = ("facts", "answer", "rules", "replaces", "status")
    counts = and_(verdicts.c.token == enquiries.c.token, verdicts.c.authoritative, verdicts.c.replaced_at.is_(None))
    return select(
        *(enquiries.c[name] for name in (*own, *more)),
        reviews.c.state,
        verdicts.c.kind.label("verdict"),
        verdicts.c.missions.label("verdict_missions"),
        verdicts.c.statements.label("verdict_statements"),
        verdicts.c.made_at.label("verdict_at"),
    ).select_from(_reviewed().outerjoin(verdicts, counts))
