"""GET /v1/enquiries: what was asked, for programs that hold a key. Never who asked, nor who reviewed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import Engine

from api.logbook import about_answer
from api.routes.api_gate import ApiGate
from api.routes.decisions import Problem
from api.routes.documented import refusals
from api.storage.api_keys import ENQUIRIES, FACTS, VERDICTS, ApiKey
from api.storage.engine import READ_ONLY
from api.storage.exporting import Chosen, page, place_of

LARGEST_PAGE = 500
DESCRIPTION = f"""Newest first. A page ends with `next`, the token to give as `after`; the same address stands in the
header `Link` (RFC 8288, `rel="next"`). A question that is asked meanwhile does not shift the pages.

| scope | opens |
|---|---|
| `{ENQUIRIES}` | the questions: when, where, in which language, the answer's status, missions, reasons, statements |
| `{VERDICTS}` | `state`, `verdict`, and the filter `state`: how far the review is, and the verdict that counts |
| `{FACTS}` | `facts`: what was answered in the interview, as the contract has it, without free text |

A key is of one territory or of all. What a key does not open is not in the object. No key opens who asked or who gave
the verdict. Keys are made by `aiguillage key add`, or by a territory's administrator at `/exports/cles`.
"""
LINKS = {
    "NextPage": {"operationId": "enquiries_v1_enquiries_get", "parameters": {"after": "$response.body#/next"}},
    "Report": {
        "operationId": "answer_html_reponse__token__rapport_html_get",
        "parameters": {"token": "$response.body#/enquiries/0/token"},
    },
    "ReportDocument": {
        "operationId": "answer_docx_reponse__token__rapport_docx_get",
        "parameters": {"token": "$response.body#/enquiries/0/token"},
    },
}
Mission = Literal["soutien_renforce", "suivi_n1", "evaluation", "diagnostic_orientation", "amont", "aucune"]
Status = Literal["settled", "referred"]
Reason = Literal["text_silent", "threshold_undefined", "facts_missing", "facts_contradictory", "territory_option"]
State = Literal["waiting", "confirmed", "corrected", "to_cler", "returned", "replaced"]
_ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]", re.ASCII)
BEARER = HTTPBearer(auto_error=False, description="An API key: `aiguillage key add`. See the scopes of each route.")


def _written(value: object) -> object:
    """The instant as it was given. Raises ValueError for a bare number, which would be read as seconds since 1970."""
    if isinstance(value, str) and not _ISO.match(value):
        raise ValueError("write an instant with its zone, as 2026-11-26T09:00:00+01:00")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written)]


class Open(BaseModel):
    """Why nobody may answer from the text alone, and who decides."""

    reason: str
    decider: str


class Verdict(BaseModel):
    """The verdict that counts; a second opinion is never here."""

    kind: Literal["confirmed", "corrected", "to_cler", "returned"]
    missions: list[str] = Field(description="which mission the verdict holds; empty where it holds none")
    statements: list[int] = Field(description="the text's statements that it cites")
    made_at: AwareDatetime


class LoggedEnquiry(BaseModel):
    """A question that was asked and answered."""

    token: str = Field(description="its key, for ever: the answer's page is /reponse/<token>")
    asked_at: AwareDatetime
    territory: str | None
    channel: str
    language: str = Field(description="BCP 47")
    status: Status
    missions: list[str]
    certainty: str | None = Field(description="stated, inferred or open")
    open: Open | None
    statements: list[int] = Field(description="the text's statements on which the answer rests")
    rules: list[str] = Field(description="the rules, or contradictions, that gave the answer")
    ruleset_version: str
    replaces: str | None = Field(description="the token of the answer that this one took the place of")
    state: State | None = Field(default=None, description=f"only with {VERDICTS}")
    verdict: Verdict | None = Field(default=None, description=f"only with {VERDICTS}; null while there is none")
    facts: dict[str, Any] | None = Field(default=None, description=f"only with {FACTS}: facts of the contract")


class Page(BaseModel):
    """One page of the log."""

    enquiries: list[LoggedEnquiry]
    next: str | None = Field(description="what to give as `after` for the next page; null at the end")


class Wanted(BaseModel):
    """Which questions; every filter is optional."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)
    after: str | None = Field(None, description="the token that ended the page before")
    since: Instant | None = Field(None, description="asked at this instant or later (ISO 8601, with its zone)")
    until: Instant | None = Field(None, description="asked before this instant")
    territory: str | None = Field(None, description="for a key of all territories")
    mission: Mission | None = None
    status: Status | None = None
    open_reason: Reason | None = None
    state: State | None = Field(None, description=f"needs {VERDICTS}")
    channel: str | None = None
    language: str | None = None


def enquiry_routes(engine: Engine, gate: ApiGate) -> APIRouter:
    """The route; ``gate`` knows the keys."""
    router = APIRouter(prefix="/v1", tags=["enquiries"])
    reading = engine.execution_options(**{READ_ONLY: True})
    told = refusals(
        _401="no key, or one that opens nothing",
        _403="the scope that is missing",
        _422="cannot be processed",
        _429="too often",
    )
    told[200] = {"links": LINKS}

    def key_of(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)] = None
    ) -> ApiKey:
        return gate.key(given.credentials if given else None, request.client.host if request.client else "")

    its_key = Depends(key_of)

    @router.get(
        "/enquiries",
        summary="What was asked",
        description=DESCRIPTION,
        responses=told,
        response_model=Page,
        response_model_exclude_unset=True,
    )
    def enquiries(
        request: Request,
        response: Response,
        wanted: Annotated[Wanted, Query()],
        key: ApiKey = its_key,
    ) -> Page:
        chosen = _chosen(gate, key, wanted)
        with reading.begin() as connection:
            after = None if wanted.after is None else place_of(connection, wanted.after, key.territory)
            if wanted.after is not None and after is None:
                raise _unknown_page(wanted.after)
            found = page(connection, chosen, after, wanted.limit + 1)
        shown = found[: wanted.limit]
        following = shown[-1]["token"] if len(found) > wanted.limit else None
        if following:
            response.headers["Link"] = f'<{_address(request, following)}>; rel="next"'
        response.headers["Cache-Control"] = "no-store"
        return Page(enquiries=[_enquiry(row, key) for row in shown], next=following)

    return router


def _chosen(gate: ApiGate, key: ApiKey, wanted: Wanted) -> Chosen:
    gate.require(key, ENQUIRIES)
    if wanted.state is not None:
        gate.require(key, VERDICTS)
    if key.territory is not None and wanted.territory not in (None, key.territory):
        raise Problem(403, "Forbidden", f"this key opens the questions of the territory {key.territory!r} alone")
    filters = wanted.model_dump(exclude={"limit", "after"})
    return Chosen(**filters | {"territory": key.territory or wanted.territory})


def _enquiry(row: Mapping[str, Any], key: ApiKey) -> LoggedEnquiry:
    about, asked = about_answer(row["answer"]), row["answer"].get("open")
    plain = ("token", "asked_at", "territory", "channel", "language", "status", "ruleset_version", "replaces")
    known: dict[str, Any] = {name: row[name] for name in plain}
    known |= {name: about[name] for name in ("missions", "certainty", "statements")}
    known |= {"rules": row["rules"] or [], "open": asked and Open(reason=asked["reason"], decider=asked["decider"])}
    if key.opens(VERDICTS):
        known |= {"state": row["state"], "verdict": _verdict(row)}
    if key.opens(FACTS):
        known["facts"] = row["facts"]
    return LoggedEnquiry(**known)


def _verdict(row: Mapping[str, Any]) -> Verdict | None:
    if row["verdict"] is None:
        return None
    missions, statements = row["verdict_missions"] or [], row["verdict_statements"] or []
    made: datetime = row["verdict_at"]
    return Verdict(kind=row["verdict"], missions=missions, statements=statements, made_at=made)


def _address(request: Request, after: str) -> str:
    asked = {name: value for name, value in request.query_params.items() if name != "after"}
    return f"{request.url.path}?{urlencode({**asked, 'after': after})}"


def _unknown_page(after: str) -> Problem:
    detail = "after: no question of this token is open to this key; begin again without it"
    return Problem(422, "Unprocessable", detail, [{"field": "after", "value": after, "detail": detail}])
