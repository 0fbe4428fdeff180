"""GET /campagne/<token>: how far a campaign is, language by language, and the button that stops it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from api.households.addresses import CAMPAIGN, campaign_of
from api.households.campaigns import CampaignDesk
from api.storage.campaigns import PREPARING, RUNNING, UnknownCampaignError
from api.storage.households import CANCELLED, FAILED, QUEUED, READ, SENT
from bot.channels.web_page.assets import Assets, read_assets
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS, Pages, bound, read_pages
from bot.followup.catalog import language_name
from bot.wording import SOURCE_LANGUAGE, wording

HERE = Path(__file__).resolve().parent
STYLE = "/campagne.css"
STATES = (QUEUED, SENT, READ, FAILED, CANCELLED)
HEADERS = {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "no-store"}


def campaign_page(desk: CampaignDesk, secret: str) -> list[Route]:
    """The page of a campaign; ``secret`` signs its address."""
    assets = read_assets()
    pages = read_pages(assets)
    page = _Page(desk, secret, assets, pages, pages.beside(HERE), (HERE / "campaign.css").read_bytes())
    address = CAMPAIGN + "{token}"
    return [
        Route(address, page.show, methods=["GET"]),
        Route(address + "/arreter", page.stop, methods=["POST"]),
        Route(STYLE, page.dress, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Page:
    desk: CampaignDesk
    secret: str
    assets: Assets
    pages: Pages
    environment: Environment
    css: bytes

    async def show(self, request: Request) -> Response:
        """The counts; while messages leave, with the way to read them again."""
        known = campaign_of(request.path_params["token"], self.secret)
        try:
            if known is None:
                raise UnknownCampaignError
            made, counts = await run_in_threadpool(self.desk.progress, known)
        except UnknownCampaignError:
            return self.pages.problem(404, "campaign.page.unknown", SOURCE_LANGUAGE)
        total = sum(counts.values(), Counter())
        words = wording(SOURCE_LANGUAGE)
        html = self.environment.get_template("campaign.html").render(
            t=lambda message, **params: bound(words(message, **params), words.language),
            asset=self.assets.address,
            lang=SOURCE_LANGUAGE,
            dir="ltr",
            languages={},
            style=STYLE,
            here=request.url.path,
            campaign=made,
            going=made.state in (PREPARING, RUNNING),
            states=STATES,
            rows=[(language_name(code), found) for code, found in sorted(counts.items())],
            total=total,
            done=total.total() - total[QUEUED],
        )
        return HTMLResponse(html, headers=HEADERS)

    async def dress(self, _request: Request) -> Response:
        headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache"}
        return Response(self.css, headers=headers, media_type="text/css")

    async def stop(self, request: Request) -> Response:
        """Stop it for good, then the same page."""
        token = request.path_params["token"]
        known = campaign_of(token, self.secret)
        try:
            if known is None:
                raise UnknownCampaignError
            await run_in_threadpool(self.desk.stop, known)
        except UnknownCampaignError:
            return self.pages.problem(404, "campaign.page.unknown", SOURCE_LANGUAGE)
        return RedirectResponse(CAMPAIGN + token, 303, HEADERS)
