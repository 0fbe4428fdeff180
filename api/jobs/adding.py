"""Jobs taken in within the caller's transaction, in the tables of DBOS beside ours."""

from __future__ import annotations

import json
from datetime import datetime

from dbos import DBOS, DBOSClient, Serializer
from sqlalchemy import URL, Connection, Engine

from api.households.jobs import CAMPAIGN

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
    """Make or migrate the tables of the jobs in the database of the store."""
    DBOS.migrate(url.render_as_string(hide_password=False), schema=SCHEMA)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, BaseException):
        return type(value).__name__
    raise TypeError(f"{type(value).__name__} has no place in a job")
