"""POST /v1/decisions, GET /v1/ruleset, GET /v1/questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from api.deciding import Decider, RequestError
from api.routes.documented import ANSWER, PROBLEM, answered, refusals, situation_schema
from bot.messages import Text
from bot.plain_json import plain_json
from bot.wording import languages, nearest_language, wording
from rules.vocabulary import Vocabulary

LARGEST_REQUEST = 256 * 1024  # bytes
EXAMPLE = {
    "situation": {
        "dst": "fait",
        "orientations_donnees": 2,
        "accompagnement_continu": True,
        "but": "accompagner",
        "cadre_contact": "suivi",
        "action": "mediation_bailleur",
    },
    "lang": "fr",
    "final": True,
}
REFUSED = refusals(_413="too large", _422="cannot be processed: what is wrong, of which fact, and what to do")


class Problem(Exception):
    """A problem document (RFC 9457) to be answered with this status."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: list[dict[str, object]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status, self.title, self.detail, self.errors = status, title, detail, errors or []
        self.headers = headers
        super().__init__(detail)


def problem_response(_request: Request, problem: Exception) -> JSONResponse:
    """The problem as the contract has it."""
    if not isinstance(problem, Problem):
        raise problem
    body = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
    return JSONResponse({**body, "errors": problem.errors}, problem.status, problem.headers, media_type=PROBLEM)


def refused_parameters(_request: Request, error: Exception) -> JSONResponse:
    """Parameters of an address that cannot be used: the problem that says which, and why."""
    if not isinstance(error, RequestValidationError):
        raise error
    errors: list[dict[str, object]] = [
        {"field": str(one["loc"][-1]), "value": one.get("input"), "detail": one["msg"]} for one in error.errors()
    ]
    detail = "; ".join(f"{one['field']}: {one['detail']}" for one in errors)
    return problem_response(_request, Problem(422, "Unprocessable", detail, errors))


def decision_routes(decider: Callable[[], Decider], today: Callable[[], date]) -> APIRouter:
    """The routes of decisions; ``decider`` gives the one for a new request.

    Their words are in the request's ``lang``, else in that of Accept-Language.
    """
    router = APIRouter(prefix="/v1", tags=["decisions"])
    asked_for = request_schema(decider().compiled.ruleset.vocabulary)
    body: dict[str, Any] = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked_for}}},
    }
    told = answered(ANSWER) | REFUSED
    of_language = refusals(_422="cannot be processed")

    @router.post("/decisions", openapi_extra=body, responses=told, summary="Which mission is it?")
    async def decide(request: Request) -> Response:
        asked = await read_json(request)
        try:
            answer = await run_in_threadpool(decider().answer, asked, today())
        except RequestError as error:
            raise Problem(422, error.title, str(error), error.errors) from None
        return Response(answer, media_type="application/json")

    @router.get("/ruleset", responses=of_language, summary="The rules in force, with their sources")
    def ruleset(lang: str = "fr") -> dict[str, object]:
        return describe_ruleset(decider(), lang)

    @router.get("/questions", responses=of_language, summary="The questions of the interview, in order")
    def questions(lang: str = "fr") -> list[dict[str, object]]:
        return describe_questions(decider(), lang)

    return router


def request_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """What a request may hold, for the document."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "situation": situation_schema(vocabulary),
            "territory": {"type": ["string", "null"], "description": "one that has a settings file"},
            "lang": {"enum": [*languages(), None], "description": "the words of the answer"},
            "final": {"type": ["boolean", "null"], "description": "true: ask nothing more"},
        },
        "example": EXAMPLE,
    }


async def read_json(request: Request) -> object:
    """The body of a request. Raises Problem where it is too large or is no JSON."""
    words = wording(nearest_language(request.headers.get("accept-language", "").split(",")[0]))
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST:
            detail = words("problem.too_large", limit=LARGEST_REQUEST)
            raise Problem(413, words("problem.title"), detail)
    try:
        return plain_json(body)
    except ValueError as error:
        detail = words("problem.not_json", detail=type(error).__name__ + f": {error}"[:120])
        raise Problem(422, words("problem.title"), detail) from None


def describe_ruleset(decider: Decider, lang: str) -> dict[str, object]:
    """Name, version, missions with their definitions, and every rule with its statements."""
    rules, words = decider.compiled.ruleset, wording(nearest_language(lang))
    return {
        "name": rules.id.name,
        "version": rules.id.version,
        "missions": [
            {"id": m.id, "name": words(f"mission.{m.id}"), "definition": words(f"mission.{m.id}.definition"),
             "statements": list(m.defined_by)}
            for m in rules.missions.values()
        ],
        "rules": [
            {"id": r.id, "missions": list(r.missions), "certainty": r.certainty, "file": r.origin,
             "open": {"reason": r.open.reason, "decider": r.open.decider} if r.open else None,
             "statements": sorted({c.reason.statement for c in r.reasons})}
            for r in rules.rules
        ],
        "facts": [{"id": f.id, "kind": f.kind, "values": list(f.values)} for f in rules.vocabulary.facts.values()],
        "statements": [
            {"number": s.number, "tag": s.tag, "text": words(f"statement.{s.number}"),
             "source": f"{s.provenance.document}, {s.provenance.passage}"}
            for s in rules.statements.values()
        ],
    }  # fmt: skip


def describe_questions(decider: Decider, lang: str) -> list[dict[str, object]]:
    """Each question with the facts it is about and its choices."""
    words = wording(nearest_language(lang))
    return [
        {
            "id": q.id,
            "text": words.say(Text(f"question.{q.id}")),
            "hint": words.say(Text(f"question.{q.id}.hint")),
            "facts": list(q.facts),
            "choices": [
                {"id": c.id, "label": words(f"choice.{q.id}.{c.id}"), "facts": dict(c.facts)} for c in q.choices
            ],
        }
        for q in decider.compiled.ruleset.questions
    ]
