"""How many questions were logged, by day: added up in the transaction that logs them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, literal_column

from api.storage.quick import Quick, bound_columns
from api.storage.review_schema import question_days
from bot.followup.planning_values import planning_values


@cache
def zone() -> ZoneInfo:
    """Where the visitors' days begin and end."""
    return planning_values().timezone


def local_day(moment: datetime) -> date:
    """The day that it is there."""
    return moment.astimezone(zone()).date()


def count_question(
    connection: Connection, asked_at: datetime, territory: str | None, missions: Sequence[str], reason: str | None
) -> None:
    """One question more that day, in the caller's transaction."""
    row = {
        "day": local_day(asked_at),
        "territory": territory or "",
        "missions": " ".join(missions),
        "open_reason": reason or "",
        "questions": 1,
    }
    _COUNT.run(connection, **row)


def _count(insert: Any) -> Any:
    made = insert(question_days).values(bound_columns(question_days))
    key = ["day", "territory", "missions", "open_reason"]
    return made.on_conflict_do_update(
        index_elements=key, set_={"questions": question_days.c.questions + literal_column("1")}
    )


_COUNT = Quick(_count)
