"""POST /v1/figures: the figures of the contract, every reading with its name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from api.deciding import Decider, RequestError
from api.figuring import Figures
from api.routes.decisions import REFUSED, Problem, read_json
from api.routes.documented import answered
from bot.wording import languages
from rules.figures.counts import MOST_HOUSEHOLDS, NUMBERS
from rules.figures.households import COLUMNS, FIRST_YEAR, LAST_YEAR

COUNT = {"type": ["integer", "null"], "minimum": 0, "maximum": MOST_HOUSEHOLDS}
OPTIONS = {
    "option_n1": {"type": ["boolean", "null"], "description": "the collectivity took the N+1 option"},
    "target": {"type": ["number", "string", "null"], "description": "contracted share with SR in percent, 20 to 100"},
}
HOUSEHOLD = {
    "type": "object",
    "additionalProperties": False,
    "properties": {column: {"type": ["string", "null"]} for column in COLUMNS},
}
ANSWER = {
    "type": "object",
    "required": ["periods"],
    "properties": {"periods": {"type": "array", "minItems": 1, "items": {"type": "object"}}},
}
EXAMPLE = {"counts": {"visited": 120, "followed": 110, "with_sr": 21}, "lang": "fr"}
REQUEST_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "description": "Either counts, or households with option_n1 and target alone in counts. Absent is unknown, not 0.",
    "properties": {
        "counts": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {**dict.fromkeys(NUMBERS, COUNT), **OPTIONS},
        },
        "households": {"type": ["array", "null"], "items": HOUSEHOLD},
        "year": {"type": ["integer", "null"], "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
        "territory": {"type": ["string", "null"]},
        "lang": {"enum": [*languages(), None]},
    },
    "example": EXAMPLE,
}


def figure_routes(decider: Decider, today: Callable[[], date] = date.today) -> APIRouter:
    """The route of the figures; a refusal is a problem document (RFC 9457), as for decisions."""
    router = APIRouter(prefix="/v1", tags=["figures"])
    told = answered(ANSWER) | REFUSED
    figures = Figures(decider.territories, decider.default_territory)
    body: dict[str, Any] = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": REQUEST_SCHEMA}}},
    }

    @router.post("/figures", openapi_extra=body, responses=told, summary="The figures of the contract, as readings")
    async def figure(request: Request) -> dict[str, object]:
        asked = await read_json(request)
        try:
            return await run_in_threadpool(figures.answer, asked, today())
        except RequestError as error:
            raise Problem(422, error.title, str(error), error.errors) from None

    return router
