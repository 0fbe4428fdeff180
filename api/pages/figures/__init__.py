"""GET /chiffres-convention: a form with the counts, and every reading that they give."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from api.deciding import Decider, RequestError
from api.figuring import Figures
from bot.channels.web_page.assets import Assets, read_assets
from bot.channels.web_page.pages import SECURITY_HEADERS, bound, read_pages
from bot.channels.web_page.requests import TERRITORY, language_of
from bot.wording import autonyms, wording

PATH = "/chiffres-convention"
HERE = Path(__file__).resolve().parent
OPTION, TARGET = "option_n1", "target"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "sr": ("visited", "followed", "contracted", "with_sr", "sr_total", TARGET),
    "n1": (
        OPTION, "n1_done", "n1_planned", "n1_refused", "n1_unreached", "beneficiaries", "beneficiaries_year", "cohort",
    ),
}  # fmt: skip
FIELDS = tuple(name for names in GROUPS.values() for name in names)
LONGEST = 12


def figures_page(decider: Decider, today: Callable[[], date] = date.today) -> list[Route]:
    """The page and its style. What is asked stands in its address alone; nothing is kept."""
    assets = read_assets()
    figures, css = Figures(decider.territories, decider.default_territory), (HERE / "figures.css").read_bytes()
    page = _Page(figures, today, css, assets, read_pages(assets).beside(HERE))
    return [
        Route(PATH, page.show, methods=["GET"]),
        Route(f"{PATH}/figures.css", page.style, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Page:
    figures: Figures
    today: Callable[[], date]
    css: bytes
    assets: Assets
    environment: Environment

    async def show(self, request: Request) -> Response:
        """The form as it was filled, with the readings or with what is wrong beside its field."""
        given = {name: request.query_params.get(name, "").strip()[:LONGEST] for name in FIELDS}
        answer: Mapping[str, object] | None = None
        errors: Mapping[str, Mapping[str, object]] = {}
        if any(given.values()):
            try:
                answer = await run_in_threadpool(self.figures.answer, _asked(request, given), self.today())
            except RequestError as error:
                errors = {str(one["fact"]): one for one in error.errors}
        return self._page(request, given, answer, errors)

    async def style(self, request: Request) -> Response:
        headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self.css, headers=headers, media_type="text/css; charset=utf-8")

    def _page(
        self,
        request: Request,
        given: Mapping[str, str],
        answer: Mapping[str, object] | None,
        errors: Mapping[str, Mapping[str, object]],
    ) -> Response:
        words = wording(language_of(request))
        html = self.environment.get_template("figures.html").render(
            t=lambda message, **params: bound(words(message, **params), words.language),
            asset=self.assets.address,
            style=f"{PATH}/figures.css?{hashlib.sha256(self.css).hexdigest()[:16]}",
            lang=words.language,
            dir=words.direction,
            languages=autonyms(),
            groups=GROUPS,
            given=given,
            kept={name: value for name, value in request.query_params.items() if name != "lang" and value},
            territory=_territory(request),
            answer=answer,
            errors=errors,
        )
        return HTMLResponse(html, 422 if errors else 200, {**SECURITY_HEADERS, "Cache-Control": "no-store"})


def _asked(request: Request, given: Mapping[str, str]) -> dict[str, object]:
    """The form as a request of the API; what is no number stays as it was written, to be refused at its field."""
    counts = {name: _value(name, text) for name, text in given.items() if text}
    return {"counts": counts, "territory": _territory(request) or None, "lang": language_of(request)}


def _value(name: str, text: str) -> object:
    if name == OPTION:
        return {"true": True, "false": False}.get(text, text)
    digits = "".join(text.split())
    return int(digits) if name != TARGET and digits.isascii() and digits.isdecimal() else text


def _territory(request: Request) -> str:
    named = request.query_params.get("territoire", "")
    return named if TERRITORY.fullmatch(named) else ""
