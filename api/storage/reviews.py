"""One line a logged question in the queue of the review, written with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from api.review.rank import rank
from api.storage.question_days import count_question
from api.storage.review_schema import review_cells, reviews
from bot.journal import Enquiry

WAITING, CONFIRMED, CORRECTED, TO_CLER, RETURNED, REPLACED = (
    "waiting",
    "confirmed",
    "corrected",
    "to_cler",
    "returned",
    "replaced",
)
STATES = (WAITING, CONFIRMED, CORRECTED, TO_CLER, RETURNED, REPLACED)
OPEN_STATES = (WAITING, RETURNED)


def queue(connection: Connection, enquiry: Enquiry, number: int) -> None:
    """Put a question, just logged as line ``number``, in the queue; what it replaces waits for nobody any more."""
    answer: Mapping[str, Any] = enquiry.answer
    asked = answer.get("open") or {}
    row = {
        "enquiry": number,
        "token": enquiry.token,
        "asked_at": enquiry.asked_at,
        "territory": enquiry.territory,
        "channel": enquiry.channel,
        "language": enquiry.language,
        "mission": " ".join(answer["missions"]) or None,
        "status": answer["status"],
        "open_reason": asked.get("reason"),
        "rule": enquiry.rules[0] if enquiry.rules else None,
        "rank": rank(enquiry),
        "state": WAITING,
    }
    row["cell"] = cell_of(connection, row)
    connection.execute(reviews.insert().values(row))
    count_question(connection, enquiry.asked_at, enquiry.territory, answer["missions"], asked.get("reason"))
    if enquiry.replaces is not None:
        before = (reviews.c.token == enquiry.replaces) & reviews.c.state.in_(OPEN_STATES)
        connection.execute(reviews.update().where(before).values(state=REPLACED))


def cell_of(connection: Connection, row: Mapping[str, Any]) -> int:
    """The number of the cell of a line of the queue, which is made where it is the first of its kind."""
    alike = {column.name: row[column.name] or "" for column in review_cells.c if column.name != "id"}
    wanted = select(review_cells.c.id).where(*(review_cells.c[name] == value for name, value in alike.items()))
    found = connection.scalar(wanted)
    if found is None:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(review_cells).values(alike).on_conflict_do_nothing())
        found = connection.execute(wanted).scalar_one()
    return found
