"""GET /guide, /guide.pdf: the guide of the missions, for the text alone or for a territory (`?territoire=`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.deciding import Decider
from api.guides import Guides, Ready
from api.pages.guide.page import guide_assets, guide_page, house_assets
from api.pages.guide.pdf import guide_pdf
from bot.channels.web_page.assets import TYPES
from bot.channels.web_page.pages import SECURITY_HEADERS, read_pages
from bot.channels.web_page.requests import language_of
from rules.load_guide import GuidePlan, load_guide_plan

FOREVER = "public, max-age=31536000, immutable"
KEPT = 64  # guides in memory: each territory in each language, for a day


def guide_routes(
    decider: Decider,
    *,
    plan: GuidePlan | None = None,
    public_url: str | None = None,
    today: Callable[[], date] = date.today,
) -> APIRouter:
    """The guide as a page, as a PDF, and its style sheet. ``plan``: of the ruleset shipped with us, unless given.

    ``public_url``: where the guide tells readers to ask; without it, it names no address.
    """
    ruleset = decider.compiled.ruleset
    guides = Guides(decider.compiled, plan or load_guide_plan(ruleset), public_url)
    pages = read_pages(house_assets())
    router = APIRouter(tags=["guide"])

    @lru_cache(maxsize=KEPT)
    def made(name: str | None, language: str, day: date) -> Ready:
        return guides.ready(decider.territory(name), language, day)

    def ready(request: Request) -> Ready | None:
        """The guide that the address asks for; None for a territory that is not known."""
        name = request.query_params.get("territoire") or decider.default_territory
        if name and decider.territory(name) is None:
            return None
        return made(name, language_of(request), today())

    def unknown(request: Request) -> Response:
        return pages.problem(404, "guide.unknown_territory", language_of(request))

    @router.get("/guide", summary="The guide of the missions", response_class=HTMLResponse)
    def page(request: Request) -> Response:
        found = ready(request)
        if found is None:
            return unknown(request)
        language = found.say.words.language
        html = guide_page(
            found.guide,
            found.sheet,
            found.say,
            pdf=_address("/guide.pdf", request, language),
            address_in=lambda code: _address("/guide", request, code),
        )
        return _given(request, html.encode(), "text/html; charset=utf-8")

    @router.get("/guide.pdf", summary="The guide of the missions, to print", response_class=Response)
    def pdf(request: Request) -> Response:
        found = ready(request)
        if found is None:
            return unknown(request)
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
