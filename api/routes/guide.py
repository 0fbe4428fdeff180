"""GET /guide, /guide.pdf: the guide of the missions, for the text alone or for a territory (`?territoire=`)."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.deciding import Decider
from api.guides import Guides, Ready
from api.pages.guide.page import guide_assets, guide_page, house_assets
from api.pages.guide.pdf import guide_pdf
from api.routes.documented import LANGUAGE, TERRITORY
from bot.channels.web_page.assets import TYPES
from bot.channels.web_page.pages import SECURITY_HEADERS, read_pages
from bot.channels.web_page.requests import language_of

FOREVER = "public, max-age=31536000, immutable"
_ASKED: dict[str, Any] = {"parameters": [LANGUAGE, TERRITORY]}
_TOLD: dict[int | str, dict[str, Any]] = {
    304: {"description": "as it was"},
    404: {"description": "no such territory, or no guide", "content": {"text/html": {}}},
}
AS_PAGE: dict[str, Any] = {"openapi_extra": _ASKED, "responses": _TOLD}
AS_PDF: dict[str, Any] = {"openapi_extra": _ASKED, "responses": {200: {"content": {"application/pdf": {}}}, **_TOLD}}
KEPT = 64  # guides in memory: each territory in each language, for a day


def guide_routes(
    decide: Callable[[], Decider],
    *,
    public_url: str | None = None,
    today: Callable[[], date] = date.today,
) -> APIRouter:
    """The guide as a page, as a PDF, and its style sheet, of the rules that ``decide`` gives for each request.

    ``public_url``: where the guide tells readers to ask; without it, it names no address.
    """
    pages = read_pages(house_assets())
    router = APIRouter(tags=["guide"])

    made: OrderedDict[tuple[str, str | None, str, date], Ready] = OrderedDict()

    def ready(request: Request) -> Ready:
        """The guide that the address asks for. Raises LookupError with a message: no such territory, or no guide."""
        decider, language, day = decide(), language_of(request), today()
        name = request.query_params.get("territoire") or decider.default_territory
        if name and decider.territory(name) is None:
            raise LookupError("guide.unknown_territory")
        if decider.compiled.ruleset.guide is None:
            raise LookupError("guide.none")
        key = (decider.compiled.ruleset.id.version, name, language, day)
        if key not in made:
            made[key] = Guides(decider.compiled, public_url).ready(decider.territory(name), language, day)
            if len(made) > KEPT:
                made.popitem(last=False)
        return made[key]

    def unknown(request: Request, why: LookupError) -> Response:
        return pages.problem(404, str(why.args[0]), language_of(request))

    @router.get("/guide", summary="The guide of the missions", response_class=HTMLResponse, **AS_PAGE)
    def page(request: Request) -> Response:
        try:
            found = ready(request)
        except LookupError as why:
            return unknown(request, why)
        language = found.say.words.language
        html = guide_page(
            found.guide,
            found.sheet,
            found.say,
            pdf=_address("/guide.pdf", request, language),
            address_in=lambda code: _address("/guide", request, code),
        )
        return _given(request, html.encode(), "text/html; charset=utf-8")

    @router.get("/guide.pdf", summary="The guide of the missions, to print", response_class=Response, **AS_PDF)
    def pdf(request: Request) -> Response:
        try:
            found = ready(request)
        except LookupError as why:
            return unknown(request, why)
        content = guide_pdf(found.guide, found.sheet, found.say, found.printed)
        response = _given(request, content, "application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="guide-{found.say.words.language}.pdf"'
        return response

    @router.get("/guide/static/{version}/{name}", include_in_schema=False)
    def style(version: str, name: str) -> Response:
        assets = guide_assets()
        content = assets.files.get(name)
        if content is None:
            return Response(status_code=404, headers=dict(SECURITY_HEADERS))
        kept = FOREVER if version == assets.version else "no-cache"
        headers = {**SECURITY_HEADERS, "Cache-Control": kept, "Cross-Origin-Resource-Policy": "same-origin"}
        return Response(content, headers=headers, media_type=TYPES[PurePosixPath(name).suffix])

    return router


def _address(path: str, request: Request, language: str) -> str:
    """The path for the same territory in a language."""
    territory = request.query_params.get("territoire")
    return f"{path}?{urlencode({**({'territoire': territory} if territory else {}), 'lang': language})}"


def _given(request: Request, content: bytes, media_type: str) -> Response:
    """The content, or 304 to a reader who has it already."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache", "ETag": tag, "Vary": "Accept-Language, Cookie"}
    if tag in [t.strip() for t in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
