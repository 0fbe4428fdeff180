"""GET and POST /relire/<token>: a native reader sees the French and the translation, and says whether it is right."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from api.reading_links import PATH, Invitation, InvitationError, opened
from api.storage.readings import RIGHT, TO_CORRECT, Verdict
from api.storage.store import Store
from bot.channels.web_page.assets import Assets, read_assets
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS, Pages, bound, read_pages
from bot.channels.web_page.requests import RefusedError, language_of, read_form
from bot.followup.catalog import catalog, own_name
from bot.followup.catalog_text import parts
from bot.followup.errors import CatalogError
from bot.followup.reading import passages, seen
from bot.followup.templates import templates
from bot.wording import SOURCE_LANGUAGE, autonyms, wording

HERE = Path(__file__).resolve().parent
STYLE = "/relire.css"
LONGEST_PROPOSAL = 2000
ANSWERED = "merci"


def reading_page(store: Store, secret: str, today: Callable[[], date] = date.today) -> list[Route]:
    """The page and its style. ``secret``: the key that signs the links."""
    assets = read_assets()
    pages, css = read_pages(assets), (HERE / "reading.css").read_bytes()
    page = _Page(store, secret, today, css, assets, pages, pages.beside(HERE))
    return [
        Route(PATH + "{token}", page.show, methods=["GET"]),
        Route(PATH + "{token}", page.take, methods=["POST"]),
        Route(STYLE, page.style, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Page:
    store: Store
    secret: str
    today: Callable[[], date]
    css: bytes
    assets: Assets
    pages: Pages
    environment: Environment

    async def show(self, request: Request) -> Response:
        """The texts to read; a refusal in words for a link that opens nothing, is past or shows another text now."""
        try:
            return self._page(request, self._invitation(request))
        except InvitationError as refused:
            return self.pages.problem(404, refused.message, language_of(request))

    async def take(self, request: Request) -> Response:
        """Keep what the reader says, then show the page again with thanks."""
        try:
            invitation, form = self._invitation(request), await read_form(request)
        except InvitationError as refused:
            return self.pages.problem(404, refused.message, language_of(request))
        except RefusedError as refused:
            return self.pages.problem(refused.status, refused.message, language_of(request))
        said, proposal = (form.get(name, ("",))[-1].strip() for name in ("verdict", "proposal"))
        if said not in (RIGHT, TO_CORRECT):
            return self.pages.problem(422, "web.refused.malformed", language_of(request))
        error = "long" if len(proposal) > LONGEST_PROPOSAL else "empty" if said == TO_CORRECT and not proposal else None
        if error:
            return self._page(request, invitation, error=error, proposal=proposal)
        verdict = Verdict(
            invitation.language, invitation.part, invitation.seen, invitation.reader, said, proposal or None
        )
        await run_in_threadpool(self.store.readings.add, verdict)
        return RedirectResponse(f"{request.url.path}?{ANSWERED}=1", 303, PRIVATE_ADDRESS)

    async def style(self, request: Request) -> Response:
        headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self.css, headers=headers, media_type="text/css; charset=utf-8")

    def _invitation(self, request: Request) -> Invitation:
        """The invitation of the address. Raises InvitationError, also when what it is for is not there any more."""
        invitation = opened(request.path_params["token"], self.secret, self.today())
        try:
            words = catalog(invitation.language)
            there = invitation.part in parts(templates())
            same = there and seen(invitation.part, words, catalog(SOURCE_LANGUAGE), templates()) == invitation.seen
        except (CatalogError, KeyError):
            same = False
        if not same:
            raise InvitationError("followup.reading.changed")
        return invitation

    def _page(
        self, request: Request, invitation: Invitation, *, error: str | None = None, proposal: str = ""
    ) -> Response:
        words, read = wording(language_of(request)), catalog(invitation.language)
        html = self.environment.get_template("reading.html").render(
            t=lambda message, **params: bound(words(message, **params), words.language),
            asset=self.assets.address,
            style=f"{STYLE}?{hashlib.sha256(self.css).hexdigest()[:16]}",
            lang=words.language,
            dir=words.direction,
            languages=autonyms(),
            invitation=invitation,
            name=own_name(invitation.language),
            read_dir=read.locale.text_direction,
            passages=list(passages(invitation.part, read, catalog(SOURCE_LANGUAGE), templates())),
            longest=LONGEST_PROPOSAL,
            answered=ANSWERED in request.query_params,
            error=error,
            proposal=proposal,
        )
        headers = {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "no-store"}
        return HTMLResponse(html, 422 if error else 200, headers)
