"""An engine for a database URL: SQLite in a file, or PostgreSQL through psycopg."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

POSTGRESQL = "postgresql+psycopg"
PATIENCE = 30.0  # seconds that a writer waits for another one
READ_ONLY = "aiguillage_read_only"


class DatabaseURLError(ValueError):
    """The URL names no database that Aiguillage can use. The message never repeats a password."""


def database_url(text: str | URL) -> URL:
    """The URL, with ``postgres://`` and ``postgresql://`` turned to psycopg. Raises DatabaseURLError."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise DatabaseURLError("not a database URL") from None
    if url.drivername in ("postgres", "postgresql", POSTGRESQL):
        return url.set(drivername=POSTGRESQL)
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise DatabaseURLError(f"{url.drivername!r} is not a kind of database known here")
    if url.database in (None, "", ":memory:"):
        raise DatabaseURLError("a SQLite database without a file forgets everything")
    return url


def masked(url: URL) -> str:
    """The URL as it may be shown: no password, neither before the host nor among the options."""
    secret = [name for name in url.query if "password" in name.lower()]
    return url.difference_update_query(secret).render_as_string(hide_password=True)


def connect(url: URL) -> Engine:
    """An engine whose transactions take the write lock at once, unless the READ_ONLY option is set."""
    common: dict[str, Any] = {"json_serializer": to_json, "json_deserializer": orjson.loads, "hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": PATIENCE}, **common)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    waits = {} if "connect_timeout" in url.query else {"connect_timeout": 10}
    return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10, connect_args=waits, **common)


def make_folder(url: URL) -> None:
    """Make the folder of a SQLite file, for its owner only, when there is none."""
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def to_json(value: object) -> str:
    """JSON as the contract writes it: dates are ISO strings, key order is kept. Raises TypeError for what is no JSON;
    numbers that are none (NaN) were refused where they came in, and would be null."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATACLASS).decode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value: {value!r}")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    _enter_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _enter_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for a lock when the journal mode changes: wait here."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
