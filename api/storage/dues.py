"""What cases are due, in the database: once a case, step and occurrence, whoever plans and however often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from api.storage.household_schema import cases, dues
from bot.followup.steps import ALONE, Dropped, Due, Plan

# proposed to whoever follows the case, or planned to leave by itself; then sent, handed over, dismissed or cancelled.
# held: its day came and it may not leave; whoever follows the case is to act.
PROPOSED, PLANNED, SENT, HANDED, HELD, DISMISSED, CANCELLED = (
    "proposed", "planned", "sent", "handed", "held", "dismissed", "cancelled",
)  # fmt: skip
PENDING = (PROPOSED, PLANNED)
NO_LONGER, CLOSED = "planning.dropped.no_longer", "planning.dropped.closed"


class UnknownDueError(LookupError):
    """No due has this number."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


@dataclass(frozen=True, slots=True)
class DueRow:
    """``reason``: the catalog message of why it is due, or of why it is no longer."""

    id: int
    case_ref: str
    step: str
    occurrence: str
    due_at: datetime
    state: str
    reason: str | None
    message: str | None

    @property
    def key(self) -> tuple[str, str]:
        return self.step, self.occurrence


@dataclass(frozen=True, slots=True)
class Changes:
    """How many dues were added, moved or brought back, and cancelled."""

    added: int = 0
    changed: int = 0
    cancelled: int = 0

    def __add__(self, other: Changes) -> Changes:
        return Changes(self.added + other.added, self.changed + other.changed, self.cancelled + other.cancelled)


class Dues:
    """The dues on a connection, whose transaction the caller commits or rolls back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, references: Sequence[str]) -> dict[str, list[DueRow]]:
        """Those of some cases, by case, in the order they fall due."""
        found: dict[str, list[DueRow]] = {reference: [] for reference in references}
        wanted = select(dues).where(dues.c.case_ref.in_(references)).order_by(dues.c.due_at, dues.c.id)
        for row in self._connection.execute(wanted).mappings():
            found[row["case_ref"]].append(DueRow(**row))
        return found

    def due(self, number: int) -> DueRow:
        """Raises UnknownDueError."""
        row = self._connection.execute(select(dues).where(dues.c.id == number)).mappings().first()
        if row is None:
            raise UnknownDueError(number)
        return DueRow(**row)

    def coming(self, until: datetime, territory: str | None = None) -> Iterable[DueRow]:
        """What is proposed or planned up to a moment, the earliest first; never all in memory."""
        wanted = select(dues).join(cases).where(dues.c.state.in_(PENDING), dues.c.due_at <= until)
        if territory is not None:
            wanted = wanted.where(cases.c.territory == territory)
        streamed = self._connection.execution_options(yield_per=500)
        return (DueRow(**row) for row in streamed.execute(wanted.order_by(dues.c.due_at, dues.c.id)).mappings())

    def planned(self, moment: datetime, after: str, most: int) -> list[str]:
        """The references of cases with something to send by now, in order, from the one after ``after``."""
        wanted = select(dues.c.case_ref).where(dues.c.state == PLANNED, dues.c.due_at <= moment)
        wanted = wanted.where(dues.c.case_ref > after).distinct().order_by(dues.c.case_ref).limit(most)
        return list(self._connection.scalars(wanted))

    def bring_up_to_date(self, plans: Mapping[str, Plan], known: Mapping[str, Sequence[DueRow]]) -> Changes:
        """Make the rows of these cases say what their plans say. What was sent or dismissed stays as it is."""
        new: list[dict[str, object]] = []
        moved: list[dict[str, object]] = []
        cancelled: list[dict[str, object]] = []
        for reference, plan in plans.items():
            rows = {row.key: row for row in known.get(reference, ())}
            wanted = {(one.step, one.occurrence): one for one in plan.dues}
            new += [_row(reference, one) for key, one in wanted.items() if key not in rows]
            moved += [
                _change(rows[key], one) for key, one in wanted.items() if key in rows and _differs(rows[key], one)
            ]
            gone = (row for key, row in rows.items() if key not in wanted and row.state in PENDING)
            cancelled += [_end(row, plan) for row in gone]
        added = self._insert(new)
        self._update(moved)
        self._update(cancelled)
        return Changes(added, len(moved), len(cancelled))

    def close_with_their_cases(self) -> int:
        """Cancel what is pending of cases that were closed or erased."""
        closed = select(cases.c.reference).where(cases.c.closed_at.is_not(None))
        which = dues.c.state.in_(PENDING) & dues.c.case_ref.in_(closed)
        ended = self._connection.execute(dues.update().where(which).values(state=CANCELLED, reason=CLOSED))
        return ended.rowcount

    def end(self, row: DueRow, state: str, *, reason: str | None = None, message: str | None = None) -> None:
        """Note what became of a due."""
        values = {"state": state, "reason": reason or row.reason, "message": message}
        self._connection.execute(dues.update().where(dues.c.id == row.id).values(values))

    def count(self, state: str) -> int:
        return self._connection.scalar(select(func.count()).select_from(dues).where(dues.c.state == state)) or 0

    def _insert(self, rows: list[dict[str, object]]) -> int:
        if not rows:
            return 0
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(dues).on_conflict_do_nothing().returning(dues.c.id)
        return len(self._connection.execute(statement, rows).all())

    def _update(self, rows: list[dict[str, object]]) -> None:
        if rows:
            names = [name for name in rows[0] if name != "which"]
            values = {name: bindparam(f"new_{name}") for name in names}
            statement = dues.update().where(dues.c.id == bindparam("which")).values(values)
            given = [{"which": row["which"], **{f"new_{name}": row[name] for name in names}} for row in rows]
            self._connection.execute(statement, given)


def _row(reference: str, one: Due) -> dict[str, object]:
    key = {"case_ref": reference, "step": one.step, "occurrence": one.occurrence}
    return key | {"due_at": one.due_at, "state": _state(one), "reason": one.said.text.message}


def _state(one: Due) -> str:
    return PLANNED if one.how == ALONE else PROPOSED


def _differs(row: DueRow, one: Due) -> bool:
    if row.state not in (*PENDING, CANCELLED):
        return False
    return (row.due_at, row.state, row.reason) != (one.due_at, _state(one), one.said.text.message)


def _change(row: DueRow, one: Due) -> dict[str, object]:
    return {"which": row.id, "due_at": one.due_at, "state": _state(one), "reason": one.said.text.message}


def _end(row: DueRow, plan: Plan) -> dict[str, object]:
    return {"which": row.id, "state": CANCELLED, "reason": _why(row, plan.dropped, plan)}


def _why(row: DueRow, dropped: Sequence[Dropped], plan: Plan) -> str:
    said = next((one.said for one in dropped if (one.step, one.occurrence) == row.key), None)
    if said is not None:
        return said.text.message
    return plan.notes[0].text.message if plan.notes and not plan.dues else NO_LONGER
