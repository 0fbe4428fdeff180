"""GET /revue and what is under it: the logged questions in the order of the review, and the verdict on each."""

from __future__ import annotations

from starlette.routing import Route

from api.access.gate import Gate
from api.access.roles import OF_A_TERRITORY, ROLES
from api.pages.desk import DeskPages
from api.pages.review.judging import Judging
from api.pages.review.listing import Listing
from api.pages.review.reading import Answered, Reading
from api.pages.review.sheets import ADDRESS, Territories, read_sheets
from api.review.assigning import Assigning
from api.review.queue import ReviewQueue
from api.review.verdicts import Verdicts
from api.rulesets import Rulesets


def review_page(
    gate: Gate,
    desk: DeskPages,
    verdicts: Verdicts,
    rulesets: Rulesets,
    answered: Answered,
    territory: Territories,
) -> list[Route]:
    """The queue and its questions. ``answered``: (token, language) -> the answer as the visitor saw it."""
    sheets = read_sheets(desk, territory)
    queue, assigning = ReviewQueue(verdicts.store.engine), Assigning(verdicts.store, verdicts.clock)
    listing, reading = Listing(sheets, queue, assigning), Reading(sheets, queue, answered, rulesets)
    judging = Judging(reading, verdicts, assigning)
    one = "/revue/{token}"
    return [
        gate.route("/revue", listing.show, *ROLES),
        gate.route(one, reading.show, *ROLES),
        gate.route(f"{one}/assigner", listing.assign, *OF_A_TERRITORY, method="POST"),
        gate.route(f"{one}/second-avis", judging.second, *OF_A_TERRITORY, method="POST"),
        gate.route(f"{one}/apercu", judging.look, *OF_A_TERRITORY, method="POST"),
        gate.route(f"{one}/modifier", judging.edit, *OF_A_TERRITORY, method="POST"),
        gate.route(f"{one}/verdict", judging.give, *OF_A_TERRITORY, method="POST"),
        Route(ADDRESS + "{version}/{name}", sheets.file, methods=["GET"]),
    ]
