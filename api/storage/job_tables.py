"""The tables of the jobs that hold one row or more a job: DBOS makes and fills them, we only sweep them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, String, Table, delete, func, inspect, select, update

from api.jobs.adding import SCHEMA

FINISHED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_ID = "workflow_uuid"
_BESIDE = ("operation_outputs", "workflow_input", "workflow_output")  # the others go with their job


def there(connection: Connection) -> bool:
    """Whether the tables were made: a database that no server ever used has none."""
    return inspect(connection).has_table("workflow_status", schema=_schema(connection))


def finished(connection: Connection, before: datetime) -> Any:
    """A select of the jobs that ended before this moment."""
    jobs = _table(connection, "workflow_status")
    over = jobs.c.status.in_(FINISHED) & (jobs.c.updated_at < int(before.timestamp() * 1000))
    return select(jobs.c[_ID]).where(over)


def oldest(connection: Connection) -> int | None:
    """When the oldest job that is kept was added, in milliseconds since 1970."""
    return connection.scalar(select(func.min(_table(connection, "workflow_status").c.created_at)))


def waiting(connection: Connection) -> list[tuple[str, str, int]]:
    """The jobs that are not done: name, state and how many."""
    jobs = _table(connection, "workflow_status")
    wanted = select(jobs.c.name, jobs.c.status, func.count()).where(jobs.c.status.not_in(FINISHED))
    found = connection.execute(wanted.group_by(jobs.c.name, jobs.c.status).order_by(jobs.c.name, jobs.c.status))
    return [(row[0], row[1], row[2]) for row in found]


def workers_at_work(connection: Connection) -> list[str]:
    """The names of the workers that jobs are under way at."""
    jobs = _table(connection, "workflow_status")
    return list(connection.scalars(select(jobs.c.executor_id).where(jobs.c.status == "PENDING").distinct()))


def hasten(connection: Connection, latest: datetime) -> int:
    """Jobs that were told to wait until after ``latest`` wait no more; how many."""
    jobs, until = _table(connection, "workflow_status"), int(latest.timestamp() * 1000)
    too_long = (jobs.c.status == "DELAYED") & (jobs.c.delay_until_epoch_ms > until)
    return connection.execute(update(jobs).where(too_long).values(delay_until_epoch_ms=0)).rowcount


def forget(connection: Connection, jobs: list[str]) -> None:
    """Delete jobs, with all that is kept of them."""
    for name in (*_BESIDE, "workflow_status"):
        table = _table(connection, name)
        connection.execute(delete(table).where(table.c[_ID].in_(jobs)))


def _table(connection: Connection, name: str) -> Table:
    columns = (Column(name, String) for name in (_ID, "name", "status", "executor_id"))
    moments = (Column(name, BigInteger) for name in ("created_at", "updated_at", "delay_until_epoch_ms"))
    return Table(name, MetaData(), *columns, *moments, schema=_schema(connection))


def _schema(connection: Connection) -> str | None:
    return SCHEMA if connection.dialect.name == "postgresql" else None
