"""Reading the queue, a page at a time, in the order of the review. Nothing here takes longer when the log is longer.

The queue is shelves, one a state and rank, each newest first. A filter chooses cells (see `review_cells`); the newest
lines of each cell are found by its index, so that a rare value costs no more than a common one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, true, tuple_

from api.review.rank import RANKS
from api.storage.review_schema import review_cells, reviews
from api.storage.reviews import CONFIRMED, CORRECTED, REPLACED, RETURNED, TO_CLER, WAITING

ORDER = (WAITING, RETURNED, TO_CLER, CORRECTED, CONFIRMED, REPLACED)  # of the states, where several are asked for
FEW = 25  # cells that are looked into without more ado
COLUMNS = (
    reviews.c.enquiry,
    reviews.c.token,
    reviews.c.asked_at,
    reviews.c.territory,
    reviews.c.channel,
    reviews.c.language,
    reviews.c.mission,
    reviews.c.status,
    reviews.c.open_reason,
    reviews.c.rule,
    reviews.c.rank,
    reviews.c.state,
    reviews.c.contested_at,
    reviews.c.assignee,
    reviews.c.second_wanted_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which questions: None for all. From ``since``, before ``until`` (both aware).

    ``assignee``: an account; ``free``: nobody's; ``second``: where a second opinion is asked for.
    """

    states: Sequence[str] = (WAITING,)
    territory: str | None = None
    mission: str | None = None
    reason: str | None = None
    language: str | None = None
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    assignee: int | None = None
    free: bool = False
    second: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in the queue, also once it has moved on or is gone."""

    state: str
    rank: int
    asked_at: datetime
    enquiry: int


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A line of the queue."""

    enquiry: int
    token: str
    asked_at: datetime
    territory: str | None
    channel: str
    language: str
    mission: str | None
    status: str
    open_reason: str | None
    rule: str | None
    rank: int
    state: str
    contested_at: datetime | None
    assignee: int | None
    second_wanted_at: datetime | None

    @property
    def place(self) -> Place:
        return Place(self.state, self.rank, self.asked_at, self.enquiry)


def lines_after(connection: Connection, wanted: Wanted, count: int, after: Place | None = None) -> list[QueueLine]:
    """The next lines in the order of the review, at most as many."""
    return _lines(connection, wanted, count, after, forward=True)


def lines_before(connection: Connection, wanted: Wanted, count: int, before: Place) -> list[QueueLine]:
    """The lines just before a place, at most as many, in the order of the review."""
    return _lines(connection, wanted, count, before, forward=False)[::-1]


def line(connection: Connection, token: str) -> QueueLine | None:
    """The line of this question, or None."""
    row = connection.execute(select(*COLUMNS).where(reviews.c.token == token)).first()
    return None if row is None else QueueLine(*row)


def count_up_to(connection: Connection, wanted: Wanted, most: int) -> int:
    """How many lines there are; more than ``most`` are not counted on, and then it is ``most + 1``."""
    found = 0
    for shelf in _shelves(wanted, None, forward=True):
        left = most + 1 - found
        conditions = _on(shelf, wanted, None, forward=True)
        chosen = _chosen(wanted, by_cells=_by_cells(connection, wanted, conditions))
        some = select(reviews.c.enquiry).where(*conditions, *chosen).limit(left).subquery()
        found += connection.scalar(select(func.count()).select_from(some)) or 0
        if found > most:
            break
    return found


def _lines(
    connection: Connection, wanted: Wanted, count: int, start: Place | None, *, forward: bool
) -> list[QueueLine]:
    found: list[QueueLine] = []
    for shelf in _shelves(wanted, start, forward=forward):
        here = start if start and shelf == (start.state, start.rank) else None
        some = _of_shelf(connection, wanted, shelf, count - len(found), here, forward=forward)
        found += [QueueLine(*row) for row in connection.execute(some)]
        if len(found) == count:
            break
    return found


def _shelves(wanted: Wanted, start: Place | None, *, forward: bool) -> Iterator[tuple[str, int]]:
    """The shelves in order, from that of a place on."""
    states = [state for state in ORDER if state in wanted.states or (start and state == start.state)]
    shelves = list(product(states, RANKS))
    if not forward:
        shelves.reverse()
    begin = shelves.index((start.state, start.rank)) if start else 0
    return (shelf for shelf in shelves[begin:] if shelf[0] in wanted.states)


def _of_shelf(
    connection: Connection, wanted: Wanted, shelf: tuple[str, int], count: int, start: Place | None, *, forward: bool
) -> Select[Any]:
    """A select of at most ``count`` lines of a shelf, from ``start`` on."""
    conditions, order = _on(shelf, wanted, start, forward=forward), _order(reviews.c, forward=forward)
    if not _by_cells(connection, wanted, conditions):
        return select(*COLUMNS).where(*conditions, *_chosen(wanted, by_cells=False)).order_by(*order).limit(count)
    heads = _heads(connection, wanted, conditions, count, forward=forward)
    if len(heads) == count:  # what is beyond the head of so many cells is on a later page
        chosen, last = (*_cells(wanted), *_territory(wanted, review_cells)), heads[-1].head
        conditions.append(reviews.c.asked_at >= last if forward else reviews.c.asked_at <= last)
    else:
        chosen = (review_cells.c.id.in_([one.id for one in heads]),)
    newest = select(reviews.c.enquiry).where(reviews.c.cell == review_cells.c.id, *conditions)
    newest = newest.order_by(*order).limit(count).correlate(review_cells)
    if connection.dialect.name == "postgresql":
        each = newest.with_only_columns(*COLUMNS).lateral("newest")
        columns, order = [each.c[column.name] for column in COLUMNS], _order(each.c, forward=forward)
        found = select(*columns).select_from(review_cells.join(each, true()))
    else:  # SQLite has no LATERAL
        found = select(*COLUMNS).select_from(review_cells.join(reviews, reviews.c.enquiry.in_(newest)))
    return found.where(*chosen).order_by(*order).limit(count)


def _heads(
    connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]], count: int, *, forward: bool
) -> Sequence[Any]:
    """The cells chosen that have a line, with when the first of it was asked: the first few of them, in their order."""
    end = func.max if forward else func.min
    head = select(end(reviews.c.asked_at)).where(reviews.c.cell == review_cells.c.id, *conditions)
    at = head.correlate(review_cells).scalar_subquery().label("head")
    heads = select(review_cells.c.id, at).where(*_cells(wanted), *_territory(wanted, review_cells))
    order = (at.desc() if forward else at.asc()).nulls_last()
    return [one for one in connection.execute(heads.order_by(order).limit(count)) if one.head is not None]


def _by_cells(connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]]) -> bool:
    """Whether the lines are best found cell by cell: not where they are fewer than the cells before they are chosen."""
    if not _cells(wanted) or wanted.second or wanted.assignee is not None:
        return False
    chosen = select(func.count()).select_from(review_cells)
    many = connection.scalar(chosen.where(*_cells(wanted), *_territory(wanted, review_cells))) or 0
    if many <= FEW:
        return True
    some = select(reviews.c.enquiry).where(*conditions, *_territory(wanted, reviews)).limit(many + 1).subquery()
    return (connection.scalar(select(func.count()).select_from(some)) or 0) > many


def _chosen(wanted: Wanted, *, by_cells: bool) -> list[ColumnElement[bool]]:
    """The conditions on the cell and the territory of a line."""
    cells, there = _cells(wanted), _territory(wanted, review_cells)
    if by_cells:
        return [reviews.c.cell.in_(select(review_cells.c.id).where(*cells, *there))]
    own_index = wanted.second or wanted.assignee is not None
    if not cells and not own_index:
        return _territory(wanted, reviews)
    cell: Any = reviews.c.cell + 0  # SQLite is kept from finding the few lines by their cells
    chosen = cell.in_(select(review_cells.c.id).where(*cells, *there))
    return [chosen] if own_index else [chosen, *_territory(wanted, reviews)]


def _order(columns: Any, *, forward: bool) -> list[Any]:
    ends = (columns.asked_at, columns.enquiry)
    return [end.desc() if forward else end.asc() for end in ends]


def _on(shelf: tuple[str, int], wanted: Wanted, start: Place | None, *, forward: bool) -> list[ColumnElement[bool]]:
    """The conditions on a line itself, wherever its cell."""
    state: Any = reviews.c.state
    rank: Any = reviews.c.rank
    if wanted.second:  # these are few, and found by their own index: SQLite is kept from taking another one
        state, rank = state.concat(""), rank + 0
    found: list[ColumnElement[bool]] = [state == shelf[0], rank == shelf[1]]
    if wanted.since is not None:
        found.append(reviews.c.asked_at >= wanted.since)
    if wanted.until is not None:
        found.append(reviews.c.asked_at < wanted.until)
    if wanted.assignee is not None:
        found.append(reviews.c.assignee == wanted.assignee)
    if wanted.free:
        found.append(reviews.c.assignee.is_(None))
    if wanted.second:
        found.append(reviews.c.second_wanted_at.is_not(None))
    if start is not None:
        ends = tuple_(reviews.c.asked_at, reviews.c.enquiry)
        place = tuple_(start.asked_at, start.enquiry, types=[reviews.c.asked_at.type, reviews.c.enquiry.type])
        found.append(ends < place if forward else ends > place)
    return found


def _cells(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The conditions on a cell, but for its territory."""
    cell = review_cells.c
    found: list[ColumnElement[bool]] = []
    if wanted.mission is not None:
        found.append((literal(" ") + cell.mission + " ").contains(f" {wanted.mission} ", autoescape=True))
    for column, value in (
        (cell.open_reason, wanted.reason),
        (cell.language, wanted.language),
        (cell.channel, wanted.channel),
    ):
        if value is not None:
            found.append(column == value)
    return found


def _territory(wanted: Wanted, table: Any) -> list[ColumnElement[bool]]:
    return [] if wanted.territory is None else [table.c.territory == wanted.territory]


def values_of(connection: Connection, territory: str | None) -> dict[str, list[str]]:
    """The values of territory, language and channel that the questions of a territory (None: of all) have."""
    found: dict[str, list[str]] = {}
    for name in ("territory", "language", "channel"):
        wanted = select(review_cells.c[name]).distinct().order_by(review_cells.c[name])
        if territory is not None:
            wanted = wanted.where(review_cells.c.territory == territory)
        found[name] = [value for value in connection.scalars(wanted) if value]
    return found
