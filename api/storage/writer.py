"""Who writes what conversations leave. On SQLite one thread: what waits goes into one transaction, committed once.

A commit that reaches the disk lasts milliseconds, however much it holds. So what arrived while the one before was being
written is written together, each piece in its own savepoint; what comes alone is written alone, at once. PostgreSQL
gathers commits by itself: there each piece has a transaction of its own.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from bot.journal import DuplicateEvent

T = TypeVar("T")
Work = Callable[[Connection], T]

LONGEST = 0.05  # seconds
CLOSED, DIED = "the store is closed", "the thread that writes ended: restart the server"
POSTGRESQL_THREADS = 10  # of the 15 connections of the pool; pages and jobs have the others


class NotWritingError(RuntimeError):
    """Nothing is written any more: the store was closed, or its writer died."""


class Writer(Protocol):
    """Takes work in from any thread. The Future ends once the work is committed, or with the error that it raised."""

    def submit(self, work: Work[T]) -> Future[T]:
        """Raises NotWritingError after close()."""

    def close(self) -> None:
        """Take nothing more in, and return when all that was taken in is done."""

    def fault(self) -> str | None:
        """Why nothing is written any more, if so."""


def writer_for(engine: Engine) -> Writer:
    """The writer of this kind of database. No thread starts before the first work."""
    return GroupWriter(engine) if engine.dialect.name == "sqlite" else SeparateWriter(engine)


@dataclass(slots=True)
class _Piece(Generic[T]):
    """One work, and what came of it."""

    work: Work[T]
    future: Future[T] = field(default_factory=Future)
    value: T | None = None
    error: BaseException | None = None

    def do(self, connection: Connection) -> None:
        """Do the work; nothing of one that fails is left in the transaction."""
        run = connection.connection.cursor().execute  # SQLAlchemy compiles a savepoint anew each time
        run("SAVEPOINT one")
        try:
            self.value = self.work(connection)
            run("RELEASE one")
        except BaseException as error:
            self.error = error
            try:
                run("ROLLBACK TO one")
                run("RELEASE one")
            except sqlite3.Error:
                raise error from None  # SQLite gave the whole transaction up: a full disk, say

    def tell(self) -> None:
        """What came of it is durable: say so to whoever waits."""
        if self.error is None:
            self.future.set_result(self.value)  # type: ignore[arg-type]
        else:
            self.future.set_exception(self.error)


class GroupWriter:
    """One thread, one transaction at a time. An error takes back its own work alone; where the commit fails, nothing
    of the transaction was done, and each caller gets that error. Work whose Future was cancelled is not begun.

    ``longest``: seconds after which a transaction takes nothing more in; those in it wait, and so do other writers.
    """

    def __init__(self, engine: Engine, longest: float = LONGEST) -> None:
        self._engine, self._longest = engine, longest
        self._waiting: SimpleQueue[_Piece[Any] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._refusal, self._ended, self._lock = "", False, threading.Lock()

    def submit(self, work: Work[T]) -> Future[T]:
        piece = _Piece(work)
        with self._lock:
            if self._refusal:
                raise NotWritingError(self._refusal)
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="writer", daemon=True)
                self._thread.start()
            self._waiting.put(piece)
        return piece.future

    def close(self) -> None:
        with self._lock:
            self._refusal = self._refusal or CLOSED
            self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def fault(self) -> str | None:
        return self._refusal or None

    def _live(self) -> None:
        taken: list[_Piece[Any]] = []
        try:
            while not self._ended:
                taken.clear()
                self._write(self._arriving(), taken)
        finally:
            if not self._ended:
                self._die(taken)

    def _arriving(self) -> Iterator[_Piece[Any]]:
        """The next piece, once there is one, and what waits behind it."""
        piece, until = self._waiting.get(), None
        while piece is not None:
            if piece.future.set_running_or_notify_cancel():
                yield piece
            until = until or time.monotonic() + self._longest
            if time.monotonic() > until:
                return
            try:
                piece = self._waiting.get_nowait()
            except Empty:
                return
        self._ended = True

    def _write(self, arriving: Iterator[_Piece[Any]], taken: list[_Piece[Any]]) -> None:
        """Do what arrives in one transaction, and tell each caller once it is durable. ``taken``: what was begun."""
        try:
            if (first := next(arriving, None)) is None:
                return
            taken.append(first)
            with self._engine.begin() as connection:
                first.do(connection)
                for piece in arriving:
                    taken.append(piece)
                    piece.do(connection)
        except BaseException as error:
            for piece in taken:
                piece.future.set_exception(error)
        else:
            for piece in taken:
                piece.tell()

    def _die(self, taken: list[_Piece[Any]]) -> None:
        """Nobody waits for ever for a thread that is no more: what was begun may be done or not, the rest is not."""
        with self._lock:
            self._refusal = self._refusal or DIED
            while not self._waiting.empty():
                if (piece := self._waiting.get()) is not None:
                    taken.append(piece)
        for piece in taken:
            if not piece.future.done():
                piece.future.set_exception(NotWritingError(DIED))


class SeparateWriter:
    """A few threads, each work in a transaction of its own. After DuplicateEvent, when another transaction recorded the
    same event at the same time, the work is done once more: it then sees that event."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads, self._closed = ThreadPoolExecutor(POSTGRESQL_THREADS, thread_name_prefix="writer"), False

    def submit(self, work: Work[T]) -> Future[T]:
        if self._closed:
            raise NotWritingError(CLOSED)
        return self._threads.submit(self._do, work)

    def close(self) -> None:
        self._closed = True
        self._threads.shutdown()

    def fault(self) -> str | None:
        return CLOSED if self._closed else None

    def _do(self, work: Work[T]) -> T:
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except DuplicateEvent:
            with self._engine.begin() as connection:
                return work(connection)
