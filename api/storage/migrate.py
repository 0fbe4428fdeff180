"""Migrations, run by the program itself at start-up; there is no alembic.ini.

A new migration is a file under ``migrations/versions/``, written by hand for both databases; the storage
tests say what it leaves out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x4169677569  # "Aigui"

# Alembic keeps the running migration in a global: one at a time in a process.
_one_at_a_time = threading.Lock()


class UnknownRevisionError(Exception):
    """The database was migrated by a newer version of Aiguillage than this one."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to the newest schema, or to a revision, in one transaction. Harmless when it is there already.

    Several processes may call this at once: they take turns.
    """
    with _turn(engine) as connection:
        if current(connection) != (head() if revision == "head" else revision):
            from alembic import command

            command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the database back to a revision. What that revision has no place for is lost."""
    from alembic import command

    with _turn(engine) as connection:
        command.downgrade(_config(connection), revision)


@cache
def revisions() -> tuple[str, ...]:
    """Every revision that this version knows, the oldest first: what the names of their files begin with."""
    return tuple(sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def head() -> str:
    """The newest revision that this version knows."""
    return revisions()[-1]


def known(revision: str) -> bool:
    """Whether this version can make a database of that revision."""
    return revision in revisions()


def current(connection: Connection) -> str | None:
    """The revision the database is at, or None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


@contextmanager
def _turn(engine: Engine) -> Iterator[Connection]:
    """One transaction, alone with the database's revision. Raises UnknownRevisionError."""
    with _one_at_a_time, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        _refuse_unknown(current(connection))
        yield connection


def _refuse_unknown(revision: str | None) -> None:
    if revision is not None and not known(revision):
        raise UnknownRevisionError(
            f"the database is at revision {revision!r}, this version knows {head()!r} at most: "
            "install the version that migrated it, or restore a copy made before"
        )


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.attributes["connection"] = connection
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
