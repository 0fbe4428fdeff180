"""The pages of a case's follow-up, in French: templates -> responses, with their style and script."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.households.addresses import followup_address
from api.pages.case import CASE, capitalized
from api.storage.households import Case
from api.storage.recordings import Recordings
from bot.channels.web_page.assets import Assets, read_assets
from bot.channels.web_page.pages import (
    PRIVATE_ADDRESS,
    SECURITY_HEADERS,
    WHERE_A_FORM_IS_READ,
    Pages,
    bound,
    read_pages,
)
from bot.followup.catalog import household_languages, language_name
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE, wording

HERE = Path(__file__).resolve().parent
STYLE, SCRIPT = "/suivi.css", "/suivi.js"
HEADERS: Mapping[str, str] = {
    **SECURITY_HEADERS,
    **WHERE_A_FORM_IS_READ,
    **PRIVATE_ADDRESS,
    "Cache-Control": "no-store",
}

Card = Callable[[str, str | None], Sequence[Text]]


@dataclass(frozen=True)
class Sheets:
    """Renders every page of a follow-up."""

    secret: str
    recordings: Recordings
    card: Card | None
    files: Mapping[str, bytes]
    assets: Assets
    pages: Pages
    environment: Environment

    def page(self, case: Case, sheet: str, status: int = 200, **values: object) -> Response:
        """A page about a case. Reads which of its messages have a recording."""
        words = wording(SOURCE_LANGUAGE)
        html = self.environment.get_template(sheet).render(
            t=lambda message, **params: bound(words(message, **params), words.language),
            say=lambda text: bound(words.say(text), words.language),
            asset=self.assets.address,
            style=self._versioned(STYLE),
            script=self._versioned(SCRIPT),
            lang=SOURCE_LANGUAGE,
            dir="ltr",
            languages={},
            here=followup_address(case.reference, self.secret, ""),
            case=case,
            language=language_name(case.language),
            language_of=language_name,
            written_language=case.language in household_languages(),
            recorded=self.recordings.templates(case.territory, case.language),
            card=lambda: self.card(case.language, case.territory) if self.card else (),
            **values,
        )
        return HTMLResponse(html, status, HEADERS)

    async def file(self, request: Request) -> Response:
        headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        kind = "text/css" if request.url.path == STYLE else "text/javascript"
        return Response(self.files[request.url.path], headers=headers, media_type=f"{kind}; charset=utf-8")

    def _versioned(self, path: str) -> str:
        return f"{path}?{hashlib.sha256(self.files[path]).hexdigest()[:16]}"


def read_sheets(secret: str, recordings: Recordings, card: Card | None) -> Sheets:
    """The renderer over the templates beside this file. ``card``: what to know of a language."""
    style = (CASE / "case.css").read_bytes() + (HERE / "followup.css").read_bytes()
    files = {STYLE: style, SCRIPT: (HERE / "followup.js").read_bytes()}
    assets = read_assets()
    pages = read_pages(assets)
    return Sheets(secret, recordings, card, files, assets, pages, _environment(pages))


def _environment(pages: Pages) -> Environment:
    """The templates of the web chat with this page's own."""
    own = pages.beside(HERE, CASE)
    own.filters = {**pages.environment.filters, "capitalized": capitalized}
    return own
