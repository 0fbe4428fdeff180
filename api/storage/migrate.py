"""Migrations, run by the program itself at start-up; there is no alembic.ini.

A new migration is a file under ``migrations/versions/``, written by hand for both databases; the storage
tests say what it leaves out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

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
    _run(engine, partial(command.upgrade, revision=revision))


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the database back to a revision. What that revision has no place for is lost."""
    _run(engine, partial(command.downgrade, revision=revision))


def head() -> str | None:
    """The newest revision that this version knows."""
    return _scripts().get_current_head()


def known(revision: str) -> bool:
    """Whether this version can make a database of that revision."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def current(connection: Connection) -> str | None:
    """The revision the database is at, or None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def _run(engine: Engine, step: Callable[[Config], None]) -> None:
    config = _config()
    with _one_at_a_time, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        _refuse_unknown(current(connection))
        config.attributes["connection"] = connection
        step(config)


def _refuse_unknown(revision: str | None) -> None:
    if revision is not None and not known(revision):
        raise UnknownRevisionError(
            f"the database is at revision {revision!r}, this version knows {head()!r} at most: "
            "install the version that migrated it, or restore a copy made before"
        )


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
