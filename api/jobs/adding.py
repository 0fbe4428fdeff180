"""Jobs taken in within the caller's transaction, in the tables of DBOS beside ours."""

from __future__ import annotations

import json
import logging
from datetime import datetime

from dbos import DBOS, DBOSClient, Serializer
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from api.households.jobs import CAMPAIGN
from api.storage.engine import masked
from api.storage.store import StorageError

APPLICATION, VERSION = "aiguillage", "1"  # pinned: a job added under one version never runs under another
SCHEMA = "jobs"  # of the tables on PostgreSQL; SQLite has no schemas
MESSAGES_QUEUE, CAMPAIGNS_QUEUE = "messages", "campaigns"


class PlainJson(Serializer):
    """Ids as plain JSON, which anybody can read in the tables; of an error only its kind, never its words."""

    def serialize(self, data: object) -> str:
        return json.dumps(data, default=_plain)

    def deserialize(self, serialized_data: str) -> object:
        return json.loads(serialized_data)

    def name(self) -> str:
        return "aiguillage_json"


class DurableJobs:
    """``api.households.jobs.Jobs`` on the engine of the store. ``prepare_tables`` comes first, once."""

    def __init__(self, engine: Engine) -> None:
        self._client = DBOSClient(
            system_database_engine=engine,
            dbos_system_schema=SCHEMA,
            serializer=PlainJson(),
            application_name=APPLICATION,
            lazy=True,
        )

    def add(self, connection: Connection, job: str, key: str, *ids: str, delay: float | None = None) -> None:
        """``delay``: seconds before it may run."""
        queue = CAMPAIGNS_QUEUE if job == CAMPAIGN else MESSAGES_QUEUE
        options = {"workflow_name": job, "queue_name": queue, "workflow_id": key, "app_version": VERSION}
        if delay is not None:
            options["delay_seconds"] = delay
        self._client.enqueue_in_transaction(connection, options, *ids)


def prepare_tables(url: URL) -> None:
    """Make or migrate the tables of the jobs in the database of the store. Raises StorageError."""
    keep_library_quiet()
    try:
        DBOS.migrate(url.render_as_string(hide_password=False), schema=SCHEMA)
    except SQLAlchemyError as error:
        raise StorageError(
            f"{masked(url)}: the tables of the jobs cannot be made ({type(error).__name__}): "
            f"let this role create the schema {SCHEMA!r}, or make it first"
        ) from error


def keep_library_quiet() -> None:
    """DBOS logs by itself on standard error, where an error's words may be those of a person."""
    library = logging.getLogger("dbos")
    library.handlers = [logging.NullHandler()]
    library.propagate = False


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, BaseException):
        return type(value).__name__
    raise TypeError(f"{type(value).__name__} has no place in a job")
