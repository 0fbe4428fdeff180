"""One line a logged question in the queue of the review, written with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from api.review.rank import rank
from api.storage.quick import Quick, bound_columns
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


def _new_cell(insert: Any) -> Any:
    return insert(review_cells).values(bound_columns(review_cells, "id")).on_conflict_do_nothing()


_AFTERWARDS = ("contested_at", "assignee", "second_wanted_at")  # what the review says later
_QUEUE = Quick(reviews.insert().values(bound_columns(reviews, *_AFTERWARDS)))
_CELL = Quick(
    select(review_cells.c.id).where(*(review_cells.c[n] == v for n, v in bound_columns(review_cells, "id").items()))
)
_NEW_CELL = Quick(_new_cell)


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
    _QUEUE.run(connection, **row)
    if enquiry.replaces is not None:
        before = (reviews.c.token == enquiry.replaces) & reviews.c.state.in_(OPEN_STATES)
        connection.execute(reviews.update().where(before).values(state=REPLACED))


def cell_of(connection: Connection, row: Mapping[str, Any]) -> int:
    """The number of the cell of a line of the queue, which is made where it is the first of its kind."""
    alike = {column.name: row[column.name] or "" for column in review_cells.c if column.name != "id"}
    found: int | None = _CELL.value(connection, **alike)
    if found is None:
        _NEW_CELL.run(connection, **alike)
        found = _CELL.value(connection, **alike)
    assert found is not None  # noqa: S101  (it was just made)
    return found
