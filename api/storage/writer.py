"""Who writes what conversations leave. On SQLite one thread: what waits goes into one transaction, committed once.

A commit that reaches the disk lasts milliseconds, however much it holds. So what arrived while the one before was being
written is written together, each piece in its own savepoint; what comes alone is written alone, at once. PostgreSQL
gathers commits by itself: there each piece has a transaction of its own.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from bot.journal import DuplicateEvent

T = TypeVar("T")
Work = Callable[[Connection], T]

LONGEST = 0.05  # seconds after which a transaction takes nothing more in: those in it wait, and so do other writers
POSTGRESQL_THREADS = 10  # of the 15 connections of the pool; pages and jobs have the others


class Writer(Protocol):
    """Takes work in from any thread. The Future ends once the work is committed, or with the error that it raised."""

    def submit(self, work: Work[T]) -> Future[T]:
        """Raises RuntimeError after close()."""

    def close(self) -> None:
        """Take nothing more in, and return when all that was taken in is done."""


def writer_for(engine: Engine) -> Writer:
    """The writer of this kind of database. No thread starts before the first work."""
    return GroupWriter(engine) if engine.dialect.name == "sqlite" else SeparateWriter(engine)


class GroupWriter:
    """One thread, one transaction at a time. An error takes back its own work alone; where the commit fails, nothing
    of the transaction was done, and each caller gets that error."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: SimpleQueue[tuple[Work[Any], Future[Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed, self._lock = False, threading.Lock()

    def submit(self, work: Work[T]) -> Future[T]:
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the store is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()
            self._waiting.put((work, future))
        return future

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            taken: list[tuple[Future[Any], Any, BaseException | None]] = []
            try:
                with self._engine.begin() as connection:
                    last = self._take(connection, first, taken)
            except BaseException as error:
                for future, _, _ in taken:
                    future.set_exception(error)
                last = False
            else:
                for future, value, failure in taken:
                    future.set_result(value) if failure is None else future.set_exception(failure)
            if last:
                return

    def _take(self, connection: Connection, one: Any, taken: list[Any]) -> bool:
        """Do this work and what waits behind it. Whether that was the end of all work."""
        until = time.monotonic() + LONGEST
        while one is not None:
            work, future = one
            taken.append((future, *_alone(connection, work)))
            if time.monotonic() > until:
                return False
            try:
                one = self._waiting.get_nowait()
            except Empty:
                return False
        return True


def _alone(connection: Connection, work: Work[T]) -> tuple[T | None, BaseException | None]:
    """What the work gave, or its error, after which nothing of it is left in the transaction."""
    run = connection.connection.cursor().execute  # SQLAlchemy compiles a savepoint anew each time
    run("SAVEPOINT one")
    try:
        value = work(connection)
        run("RELEASE one")
    except BaseException as error:
        try:
            run("ROLLBACK TO one")
            run("RELEASE one")
        except sqlite3.Error:
            raise error from None  # SQLite gave the whole transaction up: a full disk, say
        return None, error
    return value, None


class SeparateWriter:
    """A few threads, each work in a transaction of its own. After DuplicateEvent, when another transaction recorded the
    same event at the same time, the work is done once more: it then sees that event."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(POSTGRESQL_THREADS, thread_name_prefix="writer")

    def submit(self, work: Work[T]) -> Future[T]:
        return self._threads.submit(self._do, work)

    def close(self) -> None:
        self._threads.shutdown()

    def _do(self, work: Work[T]) -> T:
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except DuplicateEvent:
            with self._engine.begin() as connection:
                return work(connection)
