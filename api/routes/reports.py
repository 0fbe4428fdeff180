"""Reports to fill in: blank, or filled from an answer of the log. As DOCX, or as a page that needs no network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.deciding import Decider
from api.reporting import report_of_enquiry, report_of_request, trame_of, written
from api.routes.documented import LANGUAGE, refusals
from api.storage.store import Store
from bot.channels.web_page.assets import read_assets
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS, read_pages
from bot.channels.web_page.requests import TOKEN, language_of
from bot.reports.html import content_security_policy
from bot.reports.model import Report
from bot.wording import wording

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html; charset=utf-8"
IN_WORDS = {"content": {"text/html": {}}}
MISSING = {404: {"description": "no such answer, or no such report", **IN_WORDS}}
GUESSED = {429: {"description": "too many links from this address that open nothing", **IN_WORDS}}
_TOLD: dict[int | str, dict[str, Any]] = {**MISSING, **GUESSED, **refusals(_422="cannot be processed")}
_ASKED: dict[str, Any] = {"parameters": [LANGUAGE]}
AS_DOCX: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {DOCX: {}}}, **_TOLD},
    "openapi_extra": _ASKED,
}
AS_HTML: dict[str, Any] = {"response_class": HTMLResponse, "responses": _TOLD, "openapi_extra": _ASKED}


def report_routes(store: Store, decide: Callable[[], Decider], today: Callable[[], date]) -> APIRouter:
    """The routes of reports. Their language is the page's: ``?lang=``, the cookie, the browser's, French."""
    router = APIRouter(tags=["reports"])
    pages = read_pages(read_assets())

    def refused(request: Request, message: str) -> Response:
        return pages.problem(404, message, language_of(request))

    def of_answer(request: Request, token: str, kind: str) -> Response:
        enquiry = store.enquiry(token) if TOKEN.fullmatch(token) else None
        if enquiry is None:
            return refused(request, "web.refused.no_answer")
        report = report_of_enquiry(decide(), trame_of(None), enquiry, store.ruling(token))
        return file_response(report, "rapport-n1", kind, language_of(request))

    def of_trame(request: Request, name: str, kind: str) -> Response:
        try:
            trame = trame_of(None if name == "n1" else _category(name))
        except KeyError:
            return refused(request, "report.problem.no_category")
        report = report_of_request(decide(), trame, {}, today())
        return file_response(report, f"trame-{name}", kind, language_of(request))

    @router.get("/reponse/{token}/rapport.docx", summary="The N+1 visit report of an answer, as DOCX", **AS_DOCX)
    def answer_docx(request: Request, token: str) -> Response:
        return of_answer(request, token, "docx")

    @router.get("/reponse/{token}/rapport.html", summary="The N+1 visit report of an answer, as a page", **AS_HTML)
    def answer_html(request: Request, token: str) -> Response:
        return of_answer(request, token, "html")

    @router.get("/trames/{name}.docx", summary="A blank report, n1 or sr-<category>, as DOCX", **AS_DOCX)
    def trame_docx(request: Request, name: str) -> Response:
        return of_trame(request, name, "docx")

    @router.get("/trames/{name}.html", summary="A blank report, n1 or sr-<category>, as a page", **AS_HTML)
    def trame_html(request: Request, name: str) -> Response:
        return of_trame(request, name, "html")

    return router


def _category(name: str) -> str:
    """The category of ``sr-<category>``. Raises KeyError for another name."""
    if not name.startswith("sr-"):
        raise KeyError(name)
    return name.removeprefix("sr-")


def file_response(report: Report, name: str, kind: str, language: str) -> Response:
    """The report under its file name: a document is downloaded, a page opens and is saved under that name."""
    words = wording(language)
    how = "attachment" if kind == "docx" else "inline"
    headers = {
        **SECURITY_HEADERS,
        **PRIVATE_ADDRESS,
        "Content-Security-Policy": content_security_policy(),
        "Content-Disposition": f'{how}; filename="{name}.{kind}"',
        "Content-Language": words.language,
        "Cache-Control": "no-store",
    }
    return Response(written(report, f".{kind}", words), headers=headers, media_type=DOCX if kind == "docx" else HTML)
