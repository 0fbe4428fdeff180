"""The database, looked at as it is: nothing is made or migrated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from api.health.findings import BROKEN, FINE, LOOK, OFF, Check
from api.storage import migrate
from api.storage.engine import READ_ONLY, connect, database_url, masked
from api.storage.recordings import Recordings
from bot.messages import Text


def database(url: str) -> tuple[Check, Mapping[str, int] | None]:
    """What is found, and how many recorded messages each language has; None where the tables cannot be read."""
    address = database_url(url)
    shown = {"address": masked(address)}
    if _no_file(address):
        return Check("database", OFF, Text("doctor.database.not_yet", shown)), None
    engine = connect(address).execution_options(**{READ_ONLY: True})
    try:
        with engine.connect() as connection:
            revision = migrate.current(connection)
        check = _standing(revision, shown)
        recorded = Counter(one.language for one in Recordings(engine).all()) if revision == migrate.head() else None
        return check, recorded
    except SQLAlchemyError as error:
        found = Text("doctor.database.broken", {**shown, "why": _why(error)})
        return Check("database", BROKEN, found, Text("doctor.database.remedy")), None
    finally:
        engine.dispose()


def _standing(revision: str | None, shown: Mapping[str, str]) -> Check:
    newest = migrate.head()
    about = {**shown, "revision": revision or "", "newest": newest or ""}
    if revision == newest:
        return Check("database", FINE, Text("doctor.database.fine", about))
    if revision is None:
        return Check("database", OFF, Text("doctor.database.empty", about))
    if migrate.known(revision):
        return Check("database", LOOK, Text("doctor.database.older", about), Text("doctor.database.copy"))
    return Check("database", BROKEN, Text("doctor.database.newer", about), Text("doctor.database.newer_remedy"))


def _no_file(address: URL) -> bool:
    file = address.database or ""
    return address.get_backend_name() == "sqlite" and not file.startswith("file:") and not Path(file).exists()


def _why(error: SQLAlchemyError) -> str:
    """The driver's first line, which names no password."""
    said = str(getattr(error, "orig", None) or type(error).__name__)
    return said.strip().splitlines()[0]
