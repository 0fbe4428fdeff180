"""The tables of a database, ours and those of the jobs, copied out and in as they stand at one moment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, func, select, text

from api.backup.archive import BackupError
from api.jobs.adding import SCHEMA, prepare_tables
from api.storage import migrate
from api.storage.engine import READ_ONLY
from bot.messages import Text

FILE = "database.sqlite"
MADE_ANEW = {"alembic_version", "dbos_migrations"}  # they say what the program itself has made


def copy_out(engine: Engine, folder: Path) -> tuple[str, dict[str, int]]:
    """Copy everything as it stands now, while others write: the schema's revision, and the rows of each table."""
    if engine.dialect.name == "sqlite":
        return _file_out(engine, folder)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        rows = {}
        for table in tables(connection):
            rows[table.fullname] = count(connection, table)
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            statement = f"COPY {_named(table)} ({columns}) TO STDOUT"
            with (folder / f"{table.fullname}.copy").open("wb") as out:
                out.write(f"{columns}\n".encode())
                with _driver(connection).cursor().copy(statement) as copied:
                    for part in copied:
                        out.write(part)
        return migrate.current(connection) or "", rows


def _file_out(engine: Engine, folder: Path) -> tuple[str, dict[str, int]]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", **{READ_ONLY: True}) as connection:
        _driver(connection).execute("VACUUM INTO ?", (str(folder / FILE),))
    copied = create_file_engine(folder / FILE)
    try:
        with copied.connect() as connection:
            rows = {table.fullname: count(connection, table) for table in tables(connection)}
            return migrate.current(connection) or "", rows
    finally:
        copied.dispose()


def create_file_engine(file: Path) -> Engine:
    """A plain engine on a file that nobody else has open: it leaves no file beside it."""
    return create_engine(f"sqlite:///{file}")


def copy_in(engine: Engine, folder: Path, revision: str) -> dict[str, int]:
    """Fill an empty PostgreSQL database: the schema at that revision, the rows, then the newest schema.

    The rows of each table. Raises BackupError where the tables of the jobs lack a column.
    """
    migrate.upgrade(engine, revision)
    prepare_tables(engine.url)
    with engine.begin() as connection:
        known = tables(connection)
        for table in reversed(known):
            if count(connection, table):  # what the migrations themselves put in
                connection.execute(table.delete())
        for table in known:
            file = folder / f"{table.fullname}.copy"
            if file.exists():
                _fill(connection, table, file)
        _set_counters(connection, known)
        rows = {table.fullname: count(connection, table) for table in known}
    migrate.upgrade(engine)
    return rows


def empty(engine: Engine) -> None:
    """Take every table of ours and of the jobs out of a PostgreSQL database."""
    migrate.downgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))


def tables(connection: Connection) -> list[Table]:
    """Every table but what the program makes by itself; one that points at another comes after it."""
    found = MetaData()
    for schema in (None, SCHEMA) if connection.dialect.name == "postgresql" else (None,):
        found.reflect(connection, schema=schema)
    return [table for table in found.sorted_tables if table.name not in MADE_ANEW]


def count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _fill(connection: Connection, table: Table, file: Path) -> None:
    with file.open("rb") as source:
        columns = source.readline().decode().strip()
        missing = {name.strip('"') for name in columns.split(", ")} - {column.name for column in table.columns}
        if missing:
            raise BackupError(Text("backup.refused.columns", {"table": table.fullname, "column": min(missing)}))
        with _driver(connection).cursor().copy(f"COPY {_named(table)} ({columns}) FROM STDIN") as copied:
            shutil.copyfileobj(source, copied)


def _set_counters(connection: Connection, known: list[Table]) -> None:
    """The next number of each table comes after the last one that is there."""
    for table, column in _numbered(known):
        name = f"pg_get_serial_sequence('{_named(table)}', '{column}')"
        if connection.scalar(text(f"SELECT {name}")) is not None:
            highest = f'(SELECT max("{column}") FROM {_named(table)})'  # noqa: S608
            connection.execute(text(f"SELECT setval({name}, coalesce({highest}, 1), {highest} IS NOT NULL)"))


def _numbered(known: list[Table]) -> Iterator[tuple[Table, str]]:
    for table in known:
        yield from ((table, column.name) for column in table.primary_key if column.type.python_type is int)


def _named(table: Table) -> str:
    return f'"{table.schema}"."{table.name}"' if table.schema else f'"{table.name}"'


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def put_file(source: Path, target: Path) -> None:
    """Put a copied SQLite file in the place of another: nobody sees half of it."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.part")
    with source.open("rb") as read, draft.open("wb") as out:
        shutil.copyfileobj(read, out)
        out.flush()
        os.fsync(out.fileno())
    for beside in ("-wal", "-shm"):
        target.with_name(target.name + beside).unlink(missing_ok=True)
    draft.chmod(0o600)
    draft.replace(target)
