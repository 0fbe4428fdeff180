"""The other workers on one PostgreSQL: a worker holds a lock of its name's own for as long as it lives."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from api.storage.job_tables import workers_at_work

log = logging.getLogger(__name__)
# Looks without its lock until a neighbour counts as dead: a living one takes it again when a database was away.
LOOKS = 3
PATIENCE = "10s"  # of a start, for a neighbour that takes this worker's jobs over at that moment
GONE_AFTER = ("tcp_keepalives_idle = 20", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3")


class Neighbours:
    """``hold`` comes first. Each ``look`` keeps the own lock, and has the jobs of dead neighbours taken over:
    ``take_over`` is given a name, while no process of that name can start."""

    def __init__(self, engine: Engine, name: str, take_over: Callable[[str], None]) -> None:
        self._engine, self._name, self._take_over = engine, name, take_over
        self._held: Connection | None = None
        self._missing: Counter[str] = Counter()

    def hold(self) -> None:
        """Take the own lock, for as long as this process and its connection live. Raises SQLAlchemyError."""
        self.release()
        held = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            held.detach()
            for setting in (f"lock_timeout = '{PATIENCE}'", *GONE_AFTER):
                held.execute(text(f"SET {setting}"))
            held.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _key(self._name)})
        except SQLAlchemyError:
            held.close()
            raise
        self._held = held

    def look(self) -> None:
        """Raises SQLAlchemyError."""
        self._keep()
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            others = [name for name in workers_at_work(connection) if name != self._name]
            missing = [name for name in others if self._dead(connection, name)]
        self._missing = Counter({name: self._missing[name] + 1 for name in missing})
        for name in missing:
            if self._missing[name] >= LOOKS:
                self._inherit(name)

    def release(self) -> None:
        if self._held is not None:
            with suppress(SQLAlchemyError):
                self._held.close()
        self._held = None

    def _keep(self) -> None:
        try:
            if self._held is not None:
                self._held.execute(text("SELECT 1"))
                return
        except SQLAlchemyError:
            log.warning("jobs: the lock of this worker was lost with its connection")
        self.hold()

    def _inherit(self, name: str) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(name)}):
                return
            try:
                log.warning("jobs: worker %s is dead: its jobs are taken over", name)
                self._take_over(name)
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _key(name)})

    def _dead(self, connection: Connection, name: str) -> bool:
        """Whether nobody holds its lock. Taken and given back, which keeps nobody waiting."""
        taken = connection.scalar(text("SELECT pg_try_advisory_lock_shared(:key)"), {"key": _key(name)})
        if taken:
            connection.execute(text("SELECT pg_advisory_unlock_shared(:key)"), {"key": _key(name)})
        return bool(taken)


def _key(name: str) -> int:
    """The key of a worker's lock: 64 bits of a digest, as PostgreSQL counts them."""
    return int.from_bytes(blake2b(f"aiguillage worker {name}".encode(), digest_size=8).digest(), signed=True)
