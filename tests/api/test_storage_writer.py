"""The writer: what it says is written is on the disk, whole, and nothing else is."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, event, func, literal, select, union_all

from api.app import create_app
from api.households.jobs import TELL_ASKER
from api.jobs.adding import DurableJobs, prepare_tables
from api.settings import load_settings
from api.storage import SqlJournal, Store
from api.storage.job_tables import waiting
from api.storage.schema import dialogues, enquiries, events
from api.storage.writer import CLOSED, DIED, GroupWriter, NotWritingError
from tests.api import writing
from tests.api.writing import CHANNEL

MINUTE = 60.0


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    file = tmp_path / "one.db"
    file.write_bytes(sqlite_template.read_bytes())
    with Store.open(f"sqlite:///{file}") as store:
        yield store


@pytest.fixture
def writer(on_sqlite: Store) -> Iterator[GroupWriter]:
    """One that takes in whatever waits, however long that lasts."""
    made = GroupWriter(on_sqlite.engine, longest=MINUTE)
    yield made
    made.close()


@contextmanager
def held(writer: GroupWriter) -> Iterator[Future[None]]:
    """While the block lasts the writer is busy with a first work, and what is submitted waits behind it."""
    begun, go = threading.Event(), threading.Event()

    def first(_connection: Connection) -> None:
        begun.set()
        assert go.wait(MINUTE)

    future = writer.submit(first)
    assert begun.wait(MINUTE)
    try:
        yield future
    finally:
        go.set()


def recording(number: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        SqlJournal(connection).record(CHANNEL, str(number), {})
        return number

    return work


def failing(number: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        recording(number)(connection)
        raise ValueError(f"{number} fails after it wrote")

    return work


def recorded(store: Store) -> set[int]:
    with store.reading() as connection:
        return {int(name) for name in connection.scalars(select(events.c.event))}


def commits(engine: Engine) -> list[None]:
    """Grows by one for each commit of the engine."""
    seen: list[None] = []
    event.listen(engine, "commit", lambda _connection: seen.append(None))
    return seen


@pytest.mark.parametrize("seed", range(3))
def test_what_was_told_to_be_written_is_there_whole_after_kill_9(database_url: str, seed: int) -> None:
    chance, told = random.Random(seed), set[int]()  # noqa: S311
    for begin in (1, 100_001):
        told |= killed_after(database_url, begin, acknowledged=chance.randint(1, 250))
        with Store.open(database_url) as store:
            kept, counted, logged = left(store)
        assert told <= kept
        assert kept == counted == logged


def left(store: Store) -> tuple[set[int], set[int], set[int]]:
    """The numbers of the events, the dialogues and the questions, of one moment."""
    columns = events.c.event, dialogues.c.key, func.substr(enquiries.c.token, len("tok-") + 1)
    with store.reading() as connection:
        found = connection.execute(union_all(*(select(literal(n), c) for n, c in enumerate(columns)))).all()
    first, second, third = ({int(number) for kind, number in found if kind == n} for n in range(3))
    return first, second, third


def killed_after(url: str, first: int, acknowledged: int) -> set[int]:
    """Events that a process said were durable before it was killed, at least so many."""
    command = [sys.executable, "-m", writing.__name__, url, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(acknowledged)]
        process.kill()
        said += process.stdout.readlines()
    return {int(line) for line in said if line.endswith(b"\n")}


def test_one_that_fails_leaves_nothing_and_the_others_are_committed_at_once(
    writer: GroupWriter, on_sqlite: Store
) -> None:
    committed = commits(on_sqlite.engine)
    with held(writer):
        good = [writer.submit(recording(number)) for number in (1, 2, 4, 5)]
        bad = writer.submit(failing(3))
        late = writer.submit(recording(6))
    with pytest.raises(ValueError, match="3 fails after it wrote"):
        bad.result(MINUTE)
    assert [one.result(MINUTE) for one in (*good, late)] == [1, 2, 4, 5, 6]
    assert len(committed) == 1
    assert recorded(on_sqlite) == {1, 2, 4, 5, 6}


def test_nobody_is_told_and_no_reader_sees_anything_before_the_commit(writer: GroupWriter, on_sqlite: Store) -> None:
    committing, go = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        committing.set()
        assert go.wait(MINUTE)

    with held(writer):
        waiting_ones = [writer.submit(recording(number)) for number in range(5)]
        event.listen(on_sqlite.engine, "commit", hold, once=True)
    assert committing.wait(MINUTE)
    assert not any(one.done() for one in waiting_ones)
    with on_sqlite.engine.execution_options(aiguillage_read_only=True).connect() as connection:
        assert connection.scalar(select(func.count()).select_from(events)) == 0
        connection.detach()  # closed, and not given back with a rollback: that is an event, too
    go.set()
    assert [one.result(MINUTE) for one in waiting_ones] == list(range(5))
    assert recorded(on_sqlite) == set(range(5))


def test_where_the_commit_fails_everybody_hears_of_it_and_the_next_are_written(
    writer: GroupWriter, on_sqlite: Store
) -> None:
    def fail(_connection: Connection) -> None:
        raise OSError("no commit")

    with held(writer) as first:
        both = [first, writer.submit(recording(1))]
        event.listen(on_sqlite.engine, "commit", fail, once=True)
    for one in both:
        with pytest.raises(OSError, match="no commit"):
            one.result(MINUTE)
    assert writer.submit(recording(2)).result(MINUTE) == 2
    assert recorded(on_sqlite) == {2}


def test_where_a_transaction_cannot_begin_its_work_hears_of_it_and_the_next_is_written(
    writer: GroupWriter, on_sqlite: Store
) -> None:
    def fail(_connection: Connection) -> None:
        raise OSError("the database is locked")

    event.listen(on_sqlite.engine, "begin", fail, once=True)
    with pytest.raises(OSError, match="locked"):
        writer.submit(recording(1)).result(MINUTE)
    assert writer.submit(recording(2)).result(MINUTE) == 2


def test_work_that_nobody_waits_for_any_more_is_not_begun(writer: GroupWriter, on_sqlite: Store) -> None:
    with held(writer):
        given_up, wanted = writer.submit(recording(1)), writer.submit(recording(2))
        assert given_up.cancel()
    assert wanted.result(MINUTE) == 2
    assert recorded(on_sqlite) == {2}


def test_the_writers_connection_waits_for_the_disk(on_sqlite: Store) -> None:
    def how(journal: SqlJournal) -> tuple[str, int]:
        pragma = journal.connection.exec_driver_sql
        return pragma("PRAGMA journal_mode").scalar_one(), pragma("PRAGMA synchronous").scalar_one()

    assert on_sqlite.write(how).result(MINUTE) == ("wal", 2)  # 2 is FULL


def test_the_jobs_of_one_that_fails_are_not_added(store: Store) -> None:
    prepare_tables(store.engine.url)
    jobs = DurableJobs(store.engine)

    def adding(key: str, fails: bool) -> Callable[[SqlJournal], None]:
        def work(journal: SqlJournal) -> None:
            journal.record(CHANNEL, key, {})
            jobs.add(journal.connection, TELL_ASKER, key, "tiding")
            if fails:
                raise ValueError(key)

        return work

    tried = [store.write(adding(f"job-{number}", number % 3 == 0)) for number in range(9)]
    assert [type(one.exception(MINUTE)) for one in tried] == [ValueError, type(None), type(None)] * 3
    with store.reading() as connection:
        assert waiting(connection) == [(TELL_ASKER, "ENQUEUED", 6)]
        kept = connection.scalars(select(events.c.event)).all()
    assert sorted(kept) == [f"job-{number}" for number in (1, 2, 4, 5, 7, 8)]


def test_closing_writes_what_was_taken_in_and_takes_nothing_more_in(store: Store) -> None:
    taken = [store.write(writing.event(number)) for number in range(1, 61)]
    store.close()
    assert all(one.done() for one in taken)
    assert {one.exception() for one in taken} == {None}
    assert recorded(store) == set(range(1, 61))
    with pytest.raises(NotWritingError, match=CLOSED):
        store.write(writing.event(61))
    store.close()


def test_a_store_that_wrote_nothing_closes(store: Store) -> None:
    assert store.not_writing() is None
    store.close()
    assert store.not_writing() == CLOSED


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it is what is tried
def test_a_writer_that_dies_leaves_nobody_waiting_and_the_server_is_not_ready(tmp_path: Path) -> None:
    app = create_app(load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)}))
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 200
        store: Store = app.state.parts.store
        go = threading.Event()

        def until_told(_journal: SqlJournal) -> None:
            assert go.wait(MINUTE)

        def end(_done: Future[None]) -> None:
            sys.exit("the thread ends here")

        last = store.write(until_told)
        last.add_done_callback(end)
        behind = store.write(writing.event(1))
        go.set()
        assert isinstance(behind.exception(MINUTE), NotWritingError | type(None))
        with pytest.raises(NotWritingError, match=DIED):
            refused(store)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["writer"]) == (503, DIED)


def refused(store: Store) -> None:
    """Write until the writer is gone; each is told, written or not."""
    for number in range(2, 1000):
        failure = store.write(writing.event(number)).exception(MINUTE)
        if failure is not None:
            raise failure
