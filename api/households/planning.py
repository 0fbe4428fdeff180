"""Every day: what each open case is due is brought up to date, and what leaves by itself is sent, in one transaction.

It may run twice, or in two processes at once: a due is a row, and a case is one transaction's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from api.households.desk import Desk
from api.storage.case_files import case_files, open_references
from api.storage.dues import HELD, PLANNED, SENT, Changes, DueRow, Dues
from api.storage.households import Case, Households
from bot.followup.content import TEMPLATE, Content, HeldError
from bot.followup.planning import plan
from bot.followup.planning_values import planning_values
from bot.followup.steps import Due, Frame, Plan
from rules.model import Territory
from rules.vocabulary import Delays

BATCH = 500
Territories = Callable[[str | None], Territory | None]


@dataclass(frozen=True, slots=True)
class Day:
    """What a run did. ``held``: due by itself, but may not leave; the visitor is to act."""

    cases: int = 0
    changes: Changes = field(default_factory=Changes)
    sent: int = 0
    held: int = 0

    def __add__(self, other: Day) -> Day:
        return Day(
            self.cases + other.cases,
            self.changes + other.changes,
            self.sent + other.sent,
            self.held + other.held,
        )


class Planning:
    """``delays``: those of the rules in force; ``territories``: a territory by its id."""

    def __init__(self, desk: Desk, delays: Delays, territories: Territories) -> None:
        self.desk, self._delays, self._territories = desk, delays, territories
        self.values = planning_values()

    def plan_day(self, now: datetime, *, keep: bool = True, progress: Callable[[int], None] = lambda _: None) -> Day:
        """Bring the dues of every open case up to date and send what is due, a batch a transaction.

        ``keep`` False: say what would be done, and do nothing. ``progress``: told how many cases were read.
        """
        closed = self._closed() if keep else 0
        whole = Day(changes=Changes(cancelled=closed))
        return whole + self._batches(open_references, now, keep, progress)

    def send_due(self, now: datetime) -> Day:
        """The same for the cases alone that something is to be sent to by now: cheap, for every few minutes."""
        return self._batches(lambda c, after, most: Dues(c).planned(now, after, most), now, True, lambda _: None)

    def plan_of(self, households: Households, reference: str, now: datetime) -> Plan:
        """What a case is due, and the notes about it. Writes nothing."""
        found = next(case_files(households.connection, self.desk.vault, [reference]))
        return plan(found.file, self._frame(found.territory, now))

    def refresh(self, households: Households, reference: str, now: datetime) -> Plan:
        """Bring one case's dues up to date within an open transaction, and send nothing."""
        made = self.plan_of(households, reference, now)
        dues = Dues(households.connection)
        dues.bring_up_to_date({reference: made}, dues.of([reference]))
        return made

    def _batches(
        self,
        references: Callable[[Connection, str, int], Sequence[str]],
        now: datetime,
        keep: bool,
        progress: Callable[[int], None],
    ) -> Day:
        whole, after = Day(), ""
        while True:
            with self.desk.store.households(self.desk.vault) as households:
                batch = references(households.connection, after, BATCH)
                if not batch:
                    return whole
                whole += self._batch(households, batch, now, keep)
            after = batch[-1]
            progress(whole.cases)

    def _batch(self, households: Households, references: Sequence[str], now: datetime, keep: bool) -> Day:
        files = list(case_files(households.connection, self.desk.vault, references))
        plans = {one.reference: plan(one.file, self._frame(one.territory, now)) for one in files}
        if not keep:
            return Day(len(plans), _would_change(households.connection, plans))
        dues = Dues(households.connection)
        changes = dues.bring_up_to_date(plans, dues.of(list(plans)))
        sent = held = 0
        for reference, rows in dues.of(list(plans)).items():
            for row in rows:
                if row.state == PLANNED and row.due_at <= now:
                    left = self._send(households, row, plans[reference])
                    sent, held = sent + left, held + (not left)
        return Day(len(plans), changes, sent, held)

    def _send(self, households: Households, row: DueRow, made: Plan) -> bool:
        due = next(one for one in made.dues if (one.step, one.occurrence) == row.key)
        dues = Dues(households.connection)
        try:
            case = households.case(row.case_ref)
            content = Content(TEMPLATE, due.template, slots_of(case, due))
            sent = self.desk.send_in(households, case, content)
        except HeldError as error:
            dues.end(row, HELD, reason=error.reason.message)
            return False
        dues.end(row, SENT, message=sent.id)
        return True

    def _closed(self) -> int:
        with self.desk.store.households(self.desk.vault) as households:
            return Dues(households.connection).close_with_their_cases()

    def _frame(self, territory: str | None, now: datetime) -> Frame:
        there = self._territories(territory)
        return Frame(now, self._delays, self.values, there)


def slots_of(case: Case, due: Due) -> Mapping[str, object]:
    """The slots of a due's message that are known: the sender's, and the plan's own."""
    return {**case.sender.slots(due.template), **due.slots}


def _would_change(connection: Connection, plans: Mapping[str, Plan]) -> Changes:
    """What bringing these up to date would change: it is done, counted and undone."""
    with connection.begin_nested() as point:
        dues = Dues(connection)
        changes = dues.bring_up_to_date(plans, dues.of(list(plans)))
        point.rollback()
    return changes
