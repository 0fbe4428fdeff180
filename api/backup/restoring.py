"""A restore: a backup in the place of what is there, checked before and after."""

from __future__ import annotations

import fcntl
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from api.backup import archive
from api.backup.archive import BackupError, Manifest
from api.backup.folder import files_in, put
from api.backup.making import fingerprints
from api.backup.tables import FILE, copy_in, count, empty, put_file, tables
from api.jobs.adding import SCHEMA, prepare_tables
from api.settings import Settings
from api.storage import migrate
from api.storage.engine import connect, database_url, masked
from api.storage.store import Store
from bot.digests import file_digest
from bot.messages import Text

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class Restored:
    """``keys``: settings whose keys are not those that the backup was made under."""

    manifest: Manifest
    keys: tuple[str, ...]


def restore(settings: Settings, source: Path, *, force: bool = False) -> Restored:
    """Put a backup back, and bring its schema up to date. ``force``: over what is there.

    Raises BackupError, and then nothing was changed; but where it says that the rows of a table do not agree, what is
    there is not to be used. StorageError; OSError.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as place:
        folder = Path(place)
        manifest = archive.unpack(source, folder)
        _check(settings, manifest, source)
        _nobody_works(settings)
        if not force:
            _nothing_there(settings, folder)
        engine = connect(database_url(settings.database_url))
        try:
            rows = _put_database(engine, folder, manifest)
        finally:
            engine.dispose()
        differing = [name for name, wanted in manifest.rows.items() if rows.get(name, 0) != wanted]
        if differing:
            raise BackupError(Text("backup.refused.rows", {"table": min(differing)}))
        put(files_in(settings, folder))
    return Restored(manifest, _other_keys(settings, manifest))


def _put_database(engine: Engine, folder: Path, manifest: Manifest) -> dict[str, int]:
    """The rows of each table, once they are there."""
    if manifest.database == "postgresql":
        empty(engine)
        return copy_in(engine, folder, manifest.revision)
    put_file(folder / FILE, Path(engine.url.database or ""))
    with engine.connect() as connection:
        rows = {table.fullname: count(connection, table) for table in tables(connection)}
    engine.dispose()
    Store.open(engine.url).close()
    prepare_tables(engine.url)
    return rows


def _check(settings: Settings, manifest: Manifest, source: Path) -> None:
    here = database_url(settings.database_url).get_backend_name()
    if manifest.database != here:
        raise BackupError(Text("backup.refused.kind", {"file": str(source), "kind": manifest.database, "here": here}))
    if not migrate.known(manifest.revision):
        raise BackupError(Text("backup.refused.newer", {"file": str(source), "program": manifest.program}))


def _nobody_works(settings: Settings) -> None:
    """A server holds the lock of its worker's name while it runs; another machine's has a session on the database."""
    for file in (settings.data_dir / "workers").glob("*.lock"):
        handle = os.open(file, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(Text("backup.refused.running")) from None
        finally:
            os.close(handle)
    engine = connect(database_url(settings.database_url))
    try:
        if engine.dialect.name == "postgresql":
            with engine.connect() as connection:
                if connection.scalar(text(OTHERS)):
                    raise BackupError(Text("backup.refused.sessions", {"database": masked(engine.url)}))
    finally:
        engine.dispose()


def _nothing_there(settings: Settings, folder: Path) -> None:
    """Raises BackupError where a database has tables, or a file would be put over another one."""
    engine = connect(database_url(settings.database_url))
    try:
        sqlite = engine.dialect.name == "sqlite"
        if not sqlite or Path(engine.url.database or "").exists():
            seen = inspect(engine)
            if seen.get_table_names() or (not sqlite and seen.get_table_names(schema=SCHEMA)):
                raise BackupError(Text("backup.refused.not_empty", {"database": masked(engine.url)}))
    finally:
        engine.dispose()
    for file, place in files_in(settings, folder):
        if place.exists() and file_digest(place) != file_digest(file):
            raise BackupError(Text("backup.refused.not_empty_file", {"file": str(place)}))


def _other_keys(settings: Settings, manifest: Manifest) -> tuple[str, ...]:
    here = fingerprints(settings)
    return tuple(name for name, wanted in manifest.keys.items() if not set(wanted) <= set(here.get(name, ())))
