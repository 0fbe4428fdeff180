"""What comes round by the clock, also where the clock is moved; whose jobs are taken over by a living neighbour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from api.jobs.adding import DurableJobs, prepare_tables
from api.jobs.neighbours import LOOKS, Neighbours
from api.jobs.runtime import JobsRuntime, Loop
from api.jobs.turns import morning, ten_minutes, turn
from api.jobs.worker import Worker
from api.storage.store import Store

NOON = datetime(2026, 3, 2, 12, 3, tzinfo=UTC)
YEAR = timedelta(days=365)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        (datetime(2026, 3, 2, 4, 59, tzinfo=UTC), datetime(2026, 3, 1, 5, tzinfo=UTC)),
        (datetime(2026, 3, 2, 5, 0, tzinfo=UTC), datetime(2026, 3, 2, 5, tzinfo=UTC)),
        (datetime(2026, 3, 29, 4, 30, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC)),  # the night of summer time
    ],
)
def test_the_morning_is_six_o_clock_in_france(now: datetime, newest: datetime) -> None:
    assert morning(now) == newest


def test_two_servers_give_a_moment_one_name() -> None:
    assert turn("often", ten_minutes(NOON)) == "often-2026-03-02T12:00:00+00:00"
    assert turn("daily", morning(NOON)) == turn("daily", morning(NOON + timedelta(hours=3)))


@dataclass
class Bell:
    """The jobs by the clock, under a clock that the test moves."""

    store: Store
    folder: Path
    now: datetime = NOON
    mornings: list[datetime] = field(default_factory=list)
    often: list[datetime] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def rings(self) -> AsyncIterator[None]:
        prepare_tables(self.store.engine.url)
        runtime = JobsRuntime(
            self.store.engine, Worker(self.folder / "workers"), Loop(), {"note": self.ran.append},
            self.mornings.append, send_due=self.often.append, polling=0.02, every=0.02, clock=lambda: self.now,
        )  # fmt: skip
        await runtime.start()
        try:
            yield
        finally:
            await runtime.stop()

    async def until(self, mornings: int, often: int) -> None:
        for _ in range(1500):
            if (len(self.mornings), len(self.often)) >= (mornings, often):
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        assert (len(self.mornings), len(self.often)) == (mornings, often)


async def test_a_clock_that_leaps_a_year_and_back_has_each_moment_once(store: Store, tmp_path: Path) -> None:
    bell = Bell(store, tmp_path)
    async with bell.rings():
        await bell.until(1, 1)
        bell.now = NOON + YEAR
        await bell.until(2, 2)
        bell.now = NOON + timedelta(minutes=1)
        await bell.until(2, 2)
        bell.now = NOON + timedelta(minutes=10)
        await bell.until(2, 3)
    assert bell.mornings == [NOON, NOON + YEAR]


async def test_what_was_told_to_wait_by_a_clock_a_year_ahead_does_not_wait_a_year(store: Store, tmp_path: Path) -> None:
    bell = Bell(store, tmp_path, now=datetime.now(UTC))
    prepare_tables(store.engine.url)
    with store.engine.begin() as connection:
        DurableJobs(store.engine).add(connection, "note", "note-1", "late", delay=YEAR.total_seconds())
        DurableJobs(store.engine).add(connection, "note", "note-2", "tomorrow", delay=24 * 3600.0)
    async with bell.rings():
        for _ in range(1500):
            if bell.ran:
                break
            await asyncio.sleep(0.02)
    assert bell.ran == ["late"]


@dataclass
class Street:
    """Workers beside each other on one database, one of them with a job under way."""

    store: Store
    taken_over: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        prepare_tables(self.store.engine.url)
        with self.store.engine.begin() as connection:
            DurableJobs(self.store.engine).add(connection, "note", "note-1", "1")
            connection.execute(text("UPDATE jobs.workflow_status SET status = 'PENDING', executor_id = 'other-1'"))
        self.here, self.other = self._worker("here-1"), self._worker("other-1")
        self.here.hold()
        self.other.hold()

    def _worker(self, name: str) -> Neighbours:
        return Neighbours(self.store.engine, name, self.taken_over.append)

    def look(self, times: int = LOOKS) -> list[str]:
        for _ in range(times):
            self.here.look()
        return self.taken_over

    def cut(self) -> None:
        with self.store.engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))


@pytest.fixture
def street(store: Store) -> Iterator[Street]:
    made = Street(store)
    yield made
    made.here.release()
    made.other.release()


@on_postgresql
def test_a_living_neighbour_keeps_its_jobs(street: Street) -> None:
    assert street.look(3 * LOOKS) == []


@on_postgresql
def test_the_jobs_of_a_neighbour_that_died_are_taken_over(street: Street) -> None:
    street.other.release()
    assert street.look(LOOKS - 1) == []
    assert street.look(1) == ["other-1"]


@on_postgresql
def test_a_neighbour_whose_connection_was_cut_takes_its_lock_again_and_is_not_dead(street: Street) -> None:
    street.cut()
    assert street.look(1) == []
    street.other.look()
    assert street.look(3 * LOOKS) == []


@on_postgresql
def test_a_neighbour_that_starts_again_is_alive_again(street: Street) -> None:
    street.other.release()
    street.look(LOOKS - 1)
    street.other.hold()
    assert street.look(3 * LOOKS) == []
