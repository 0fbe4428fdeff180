"""How many questions were logged, by day: added up in the transaction that logs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, literal_column

from api.storage.quick import Quick, bound_columns
from api.storage.review_schema import question_days
from bot.followup.planning_values import planning_values
from bot.journal import Enquiry

KEY = ("day", "territory", "missions", "open_reason")


@cache
def zone() -> ZoneInfo:
    """Where the visitors' days begin and end."""
    return planning_values().timezone


def local_day(moment: datetime) -> date:
    """The day that it is there."""
    return moment.astimezone(zone()).date()


def count_questions(connection: Connection, logged: Sequence[Enquiry]) -> None:
    """So many questions more on their days, in the caller's transaction; always in the same order, so that two
    transactions never wait for each other."""
    for row in sorted(map(_row, logged)):
        _COUNT.run(connection, **dict(zip(KEY, row, strict=True)), questions=1)


def _row(enquiry: Enquiry) -> tuple[object, ...]:
    answer: Mapping[str, Any] = enquiry.answer
    reason = (answer.get("open") or {}).get("reason")
    return local_day(enquiry.asked_at), enquiry.territory or "", " ".join(answer["missions"]), reason or ""


def _count(insert: Any) -> Any:
    made = insert(question_days).values(bound_columns(question_days))
    return made.on_conflict_do_update(
        index_elements=KEY, set_={"questions": question_days.c.questions + literal_column("1")}
    )


_COUNT = Quick(_count)
