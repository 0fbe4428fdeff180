"""The cases of a territory as a list: who waits for what, a page at a time, without opening anything sealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, exists, func, select, text, tuple_

from api.storage.dues import HELD, PENDING, DueRow, Dues
from api.storage.engine import READ_ONLY
from api.storage.household_schema import WAITING, cases, dues, household_messages
from api.storage.household_values import IN, OUT

OPEN, CLOSED, ERASED = STATES = ("open", "closed", "erased")
TO_DO = (*PENDING, HELD)
PAGE, WHOLE = 50, len("M-XXXX-XXXX")
_case, _message, _due = cases.c, household_messages.c, dues.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of a territory. ``reference``: how theirs begins; ``due_by``: what is to be done by then;
    ``waiting``, ``urgent``: a word of theirs that nobody dealt with. None and False choose all."""

    territory: str
    state: str = OPEN
    reference: str = ""
    language: str | None = None
    consent: str | None = None
    due_by: datetime | None = None
    waiting: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list. ``said``, ``told``: its last word and ours; ``waiting``: how many of its words wait."""

    reference: str
    language: str
    consent: str
    channel: str | None
    opened_at: datetime
    closed_at: datetime | None
    said: datetime | None
    told: datetime | None
    waiting: int
    urgent: bool
    due: DueRow | None


class CaseLists:
    """The lists on a database; each method is a read."""

    def __init__(self, engine: Engine) -> None:
        self._reading = engine.execution_options(**{READ_ONLY: True})

    def page(self, wanted: Wanted, after: str = "", most: int = PAGE) -> tuple[list[CaseLine], str | None]:
        """The cases opened last, first; and after which the next page begins, None at the end. Five queries."""
        with self._reading.begin() as connection:
            chosen = select(*(_case[name] for name in _HEAD)).where(*_conditions(wanted))
            if after:
                opened = connection.scalar(select(_case.opened_at).where(_case.reference == after))
                if opened is not None:
                    chosen = chosen.where(tuple_(_case.opened_at, _case.reference) < tuple_(opened, after))
            ordered = chosen.order_by(_case.opened_at.desc(), _case.reference.desc()).limit(most + 1)
            rows = connection.execute(ordered).all()
            lines = _lines(connection, rows[:most])
        return lines, lines[-1].reference if len(rows) > most else None

    def languages(self, territory: str) -> list[str]:
        """The languages of the cases of a territory: one look in the index each, however many cases there are."""
        following = select(func.min(_case.language)).where(_case.territory == territory)
        found: list[str] = []
        with self._reading.begin() as connection:
            one = connection.scalar(following)
            while one is not None:
                found.append(one)
                one = connection.scalar(following.where(_case.language > one))
        return found

    def waiting(self, territory: str) -> int:
        """How many words of households wait for somebody."""
        with self._reading.begin() as connection:
            counted = select(func.count()).select_from(household_messages).where(waiting_in(territory))
            return connection.scalar(counted) or 0

    def case_of(self, reference: str, territory: str) -> CaseLine | None:
        """A case of this territory, erased or not; None for another's and for none."""
        with self._reading.begin() as connection:
            ours = (_case.reference == reference) & (_case.territory == territory)
            return next(
                iter(_lines(connection, connection.execute(select(*(_case[n] for n in _HEAD)).where(ours)).all())), None
            )


def waiting_in(territory: str) -> Any:
    """Words of a territory's households that wait for somebody, and can be read. The waiting are looked up first."""
    theirs = (_case.reference == _message.case_ref) & (_case.territory == territory) & _case.sealing.is_not(None)
    return text(WAITING) & exists().where(theirs)


_HEAD = ("reference", "language", "consent", "channel", "opened_at", "closed_at")


def _conditions(wanted: Wanted) -> Iterable[Any]:
    yield _case.territory == wanted.territory
    yield _case.closed_at.is_(None) if wanted.state == OPEN else _case.closed_at.is_not(None)
    if wanted.state != OPEN:
        yield _case.sealing.is_(None) if wanted.state == ERASED else _case.sealing.is_not(None)
    if len(wanted.reference) == WHOLE:
        yield _case.reference == wanted.reference
    elif wanted.reference:
        yield _case.reference.startswith(wanted.reference, autoescape=True)
    if wanted.language:
        yield _case.language == wanted.language
    if wanted.consent:
        yield _case.consent == wanted.consent
    if wanted.due_by is not None:
        pending = _due.state.in_(TO_DO) & (_due.due_at <= wanted.due_by)
        yield _case.reference.in_(select(_due.case_ref).where(pending))
    if wanted.waiting or wanted.urgent:
        waits = select(_message.case_ref).where(text(WAITING))
        yield _case.reference.in_(waits.where(_message.urgent) if wanted.urgent else waits)


def _lines(connection: Connection, rows: Sequence[Row[Any]]) -> list[CaseLine]:
    references = [row.reference for row in rows]
    last, waiting, due = _last(connection, references), _waiting(connection, references), _next(connection, references)
    return [
        CaseLine(
            *row,
            said=last.get((row.reference, IN)),
            told=last.get((row.reference, OUT)),
            waiting=waiting.get(row.reference, (0, 0))[0],
            urgent=bool(waiting.get(row.reference, (0, 0))[1]),
            due=due.get(row.reference),
        )
        for row in rows
    ]


def _last(connection: Connection, references: Sequence[str]) -> dict[tuple[str, str], datetime]:
    found = select(_message.case_ref, _message.direction, func.max(_message.made_at).label("at"))
    grouped = found.where(_message.case_ref.in_(references)).group_by(_message.case_ref, _message.direction)
    return {(row.case_ref, row.direction): row.at for row in connection.execute(grouped)}


def _waiting(connection: Connection, references: Sequence[str]) -> dict[str, tuple[int, int]]:
    urgent = func.count().filter(_message.urgent)
    found = select(_message.case_ref, func.count(), urgent).where(text(WAITING), _message.case_ref.in_(references))
    return {row[0]: (row[1], row[2]) for row in connection.execute(found.group_by(_message.case_ref))}


def _next(connection: Connection, references: Sequence[str]) -> dict[str, DueRow]:
    """What each is due first."""
    pending = {
        reference: [row for row in rows if row.state in TO_DO]
        for reference, rows in Dues(connection).of(references).items()
    }
    return {reference: rows[0] for reference, rows in pending.items() if rows}
