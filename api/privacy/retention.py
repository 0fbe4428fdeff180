"""Retention at work: what is past its time goes, a batch a transaction, and only counts of it are noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.privacy.terms import Terms
from api.storage.audit import note
from api.storage.engine import READ_ONLY
from api.storage.erasing import leave_no_trace
from api.storage.retention import SWEEPS, Sweep, count_due
from api.storage.store import Store
from api.storage.vault import Vault

BATCH = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """A kind today: its days, how many are past them, the oldest that is kept (None: nothing is)."""

    kind: str
    days: int
    due: int
    oldest: datetime | None


class Retention:
    """``terms``: how long each kind is kept here. It may be interrupted anywhere: the next run goes on."""

    def __init__(self, store: Store, vault: Vault, terms: Terms) -> None:
        self._store, self._vault, self.terms = store, vault, terms

    def standing(self, now: datetime) -> list[Standing]:
        """How each kind stands; changes nothing."""
        found = []
        with self._store.engine.execution_options(**{READ_ONLY: True}).begin() as connection:
            for kind, sweeps in SWEEPS.items():
                days = self.terms.days[kind]
                due = sum(count_due(connection, sweep, now - timedelta(days=days)) for sweep in sweeps)
                found.append(Standing(kind, days, due, sweeps[0].oldest(connection)))
        return found

    def run(
        self,
        now: datetime,
        *,
        between: Callable[[], object] = lambda: None,
        told: Callable[[str, int], object] = lambda *_: None,
    ) -> Mapping[str, int]:
        """Do away with what is past its time: how many of each kind went.

        ``between``: called after each batch, with no transaction open; what it raises ends the run. ``told``: of each
        batch, its kind and size.
        """
        counts = dict.fromkeys(SWEEPS, 0)
        for kind, sweeps in SWEEPS.items():
            before = now - timedelta(days=self.terms.days[kind])
            for sweep in sweeps:
                while taken := self._batch(kind, sweep, before, now):
                    counts[kind] += taken
                    told(kind, taken)
                    between()
        return counts

    def _batch(self, kind: str, sweep: Sweep, before: datetime, now: datetime) -> int:
        if not self._any(sweep, before):
            return 0
        with self._store.engine.begin() as connection:
            leave_no_trace(connection)
            keys = connection.execute(sweep.due(connection, before).limit(BATCH)).all()
            if keys:
                sweep.take(connection, keys, self._vault)
                details = {"kind": kind, "count": len(keys), "days": self.terms.days[kind]}
                note(connection, None, "retention.applied", "register", kind, now, details)
        return len(keys)

    def _any(self, sweep: Sweep, before: datetime) -> bool:
        """Without the write lock: most kinds have nothing to go on most days."""
        with self._store.engine.execution_options(**{READ_ONLY: True}).begin() as connection:
            return connection.execute(sweep.due(connection, before).limit(1)).first() is not None
