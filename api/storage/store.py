"""What lasts, in one place: transactions for conversations, and the log for those who read it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Connection, Engine, bindparam, event, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from api.storage import migrate
from api.storage.accounts import Accounts
from api.storage.awaiting import Awaiting, Together
from api.storage.campaigns import Campaigns
from api.storage.engine import READ_ONLY, connect, database_url, make_folder, masked
from api.storage.household_schema import cases
from api.storage.households import Households
from api.storage.journal import Clock, SqlJournal, now
from api.storage.publications import Publications
from api.storage.quick import Quick
from api.storage.reading import Selection, newest_first, older_than, to_enquiry
from api.storage.readings import Readings
from api.storage.recordings import Recordings
from api.storage.rulings import ruling_on
from api.storage.schema import enquiries
from api.storage.vault import Vault
from api.storage.writer import writer_for
from bot.coordination import Ruling
from bot.journal import Enquiry

T = TypeVar("T")


class StorageError(Exception):
    """The database cannot be used now. The message names it, without its password, and what to do."""


_CASE_AT = Quick(select(cases.c.reference).where(cases.c.address_key == bindparam("of_address")))


@dataclass(frozen=True, slots=True)
class _OfLoop:
    """What is one event loop's alone."""

    awaiting: Awaiting
    shown: Together[tuple[str, str]]


class Store:
    """An open database with the newest schema. Safe to share between threads; close it at the end."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self.engine = engine
        self._reading = engine.execution_options(**{READ_ONLY: True})
        self._clock, self._writer = clock, writer_for(engine)
        self._looped: _OfLoop | None = None
        self.publications = Publications(engine, clock)
        self.readings = Readings(engine, clock)
        self.recordings = Recordings(engine, clock)
        self.accounts = Accounts(engine, clock)

    @classmethod
    def open(cls, url: str | URL, clock: Clock = now) -> Self:
        """Connect and migrate. Raises DatabaseURLError, or StorageError when the database does not answer."""
        address = database_url(url)
        engine = connect(address)
        try:
            make_folder(address)
            migrate.upgrade(engine)
        except (SQLAlchemyError, OSError, migrate.UnknownRevisionError) as error:
            engine.dispose()
            raise _unusable(address, error) from error
        return cls(engine, clock)

    def close(self) -> None:
        """Finish what was given to ``write``, and close every connection; one at work elsewhere, after its work."""
        self._writer.close()
        if "_of_the_loop" in vars(self):
            self._of_the_loop.close()
        event.listen(self.engine.pool, "checkin", lambda _connection, record: record.close())
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[SqlJournal]:
        """One unit of work: committed when the block ends, rolled back when it raises.

        On SQLite one transaction writes at a time, others wait up to 30 s.
        """
        with self.engine.begin() as connection:
            journal = SqlJournal(connection, self._clock)
            yield journal
            journal.finish()

    def write(self, work: Callable[[SqlJournal], T]) -> Future[T]:
        """Have one unit of work done by the writer; ended when it is committed, or with the error that it raised.

        On SQLite what waits is committed together, which is many times faster than a transaction each. The work runs in
        another thread; on PostgreSQL a second time when another delivery of its event was faster. Raises
        NotWritingError once the store is closed.
        """

        def whole(connection: Connection) -> T:
            journal = SqlJournal(connection, self._clock)
            done = work(journal)
            journal.finish()
            return done

        return self._writer.submit(whole)

    async def written(self, work: Callable[[SqlJournal], T]) -> T:
        """``write``, for an event loop: what the work gives, once it is committed."""
        return await self._here.awaiting.ended(self.write(work))

    async def shown(self, channel: str, event: str) -> None:
        """``mark_shown``, for an event loop; many at a time."""
        await self._here.shown.done((channel, event))

    async def _mark_all(self, shown: Sequence[tuple[str, str]]) -> None:
        def marked(journal: SqlJournal) -> None:
            for channel, name in shown:
                journal.mark_shown(channel, name)

        await self.written(marked)

    @property
    def _here(self) -> _OfLoop:
        loop = asyncio.get_running_loop()
        if self._looped is None or self._looped.awaiting.loop is not loop:
            self._looped = _OfLoop(Awaiting(loop), Together(self._mark_all))
        return self._looped

    def not_writing(self) -> str | None:
        """Why ``write`` takes nothing in any more, if so."""
        return self._writer.fault()

    @contextmanager
    def households(self, vault: Vault) -> Iterator[Households]:
        """One unit of work on household cases; ``connection`` of it is the transaction's."""
        with self.engine.begin() as connection:
            yield Households(connection, vault, self._clock)

    @contextmanager
    def campaigns(self, vault: Vault) -> Iterator[Campaigns]:
        """One unit of work on campaigns."""
        with self.engine.begin() as connection:
            yield Campaigns(connection, vault, self._clock)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A look at the database, that waits for nobody who writes."""
        with self._reading.begin() as connection:
            yield connection

    def mark_shown(self, channel: str, event: str) -> None:
        """Note that the reply to an event arrived; the first time stays."""
        self.write(lambda journal: journal.mark_shown(channel, event)).result()

    def was_shown(self, channel: str, event: str) -> bool:
        """Whether the event was answered and its reply arrived."""
        with self.reading() as connection:
            return SqlJournal(connection).was_shown(channel, event)

    def case_at(self, address_key: str) -> str | None:
        """The reference of the case whose channel writes to this address (its keyed hash), or None."""
        with self._reading.connect() as connection:
            return _case_at(connection, address_key)

    async def find_case(self, address_key: str) -> str | None:
        """``case_at``, for an event loop: SQLite has it sooner than another thread begins, or a connection is lent."""
        if self.engine.dialect.name == "sqlite":
            return _case_at(self._of_the_loop, address_key)
        return await asyncio.to_thread(self.case_at, address_key)

    @cached_property
    def _of_the_loop(self) -> Connection:
        """For single statements, each of which sees what is committed by then."""
        return self._reading.connect()

    def enquiry(self, token: str) -> Enquiry | None:
        """The finished question under this token, or None."""
        with self.reading() as connection:
            return SqlJournal(connection).enquiry(token)

    def ruling(self, token: str) -> Ruling | None:
        """The verdict that counts on the answer under this token. Whoever shows the answer shows it, too."""
        with self.reading() as connection:
            return ruling_on(connection, token)

    def enquiries(self, *, limit: int = 50, after: str | None = None, **filters: Any) -> list[Enquiry]:
        """A page of the log, newest first, at most ``limit``. Filters: the fields of Selection.

        ``after``: the token of the last enquiry of the page before; UnknownEnquiryError if there is none.
        New enquiries do not shift the pages.
        """
        wanted = newest_first(Selection(**filters)).limit(limit)
        with self.reading() as connection:
            if after is not None:
                wanted = wanted.where(older_than(connection, after))
            return [to_enquiry(row) for row in connection.execute(wanted).mappings()]

    def stream(self, **filters: Any) -> Iterator[Enquiry]:
        """The whole log, newest first, as it stands at the first step; never all in memory."""
        wanted = newest_first(Selection(**filters))
        with self.reading() as connection, connection.execution_options(yield_per=500).execute(wanted) as rows:
            for row in rows.mappings():
                yield to_enquiry(row)

    def count(self, **filters: Any) -> int:
        """How many enquiries the filters choose."""
        wanted = select(func.count()).select_from(enquiries).where(*Selection(**filters).conditions())
        with self.reading() as connection:
            return connection.scalar(wanted) or 0

    def ping(self) -> None:
        """Return when the database answers and has the newest schema, else raise StorageError."""
        try:
            with self.reading() as connection:
                connection.execute(text("SELECT 1"))
                found, wanted = migrate.current(connection), migrate.head()
        except SQLAlchemyError as error:
            raise _unusable(self.engine.url, error) from error
        if found != wanted:
            raise StorageError(
                f"{masked(self.engine.url)}: its schema is at revision {found!r}, {wanted!r} is needed: "
                "restart Aiguillage, it migrates at start-up"
            )


def _case_at(connection: Connection, address_key: str) -> str | None:
    found: str | None = _CASE_AT.value(connection, of_address=address_key)
    return found


def _unusable(url: URL, error: Exception) -> StorageError:
    if isinstance(error, migrate.UnknownRevisionError):
        return StorageError(f"{masked(url)}: {error}")
    cause = error.orig if isinstance(error, DBAPIError) else error
    return StorageError(f"{masked(url)}: {cause}: check AIGUILLAGE_DATABASE_URL and that the database can be reached")
