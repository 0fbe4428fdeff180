"""The page of an administrator's webhooks: added, tried, ended, and how the last tellings went."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import ADMINISTRATOR
from api.pages.desk import DeskPages
from api.pages.when import moments
from api.storage.webhooks import Delivery, Webhook
from api.webhooks.addresses import AddressError
from api.webhooks.desk import WebhookDesk
from bot.channels.web_page.pages import SECURITY_HEADERS

ADDRESS = "/webhooks"
MOST = 20  # of one territory
HTTP = "http_"


def webhooks_page(gate: Gate, desk: DeskPages, webhooks: WebhookDesk) -> list[Route]:
    """The routes of webhooks, for administrators: of their own territory."""
    page = _WebhooksPage(desk, desk.beside(Path(__file__).parent), webhooks)
    return [
        gate.route(ADDRESS, page.show, ADMINISTRATOR),
        gate.route(ADDRESS, page.add, ADMINISTRATOR, method="POST"),
        gate.route(f"{ADDRESS}/{{number:int}}/essai", page.trial, ADMINISTRATOR, method="POST"),
        gate.route(f"{ADDRESS}/{{number:int}}/fin", page.end, ADMINISTRATOR, method="POST"),
    ]


@dataclass(frozen=True, slots=True)
class Shown:
    """A webhook on the page. ``secret``: the one time that it is shown; ``tried``: the trial just made."""

    webhook: Webhook
    last: list[Delivery]
    secret: str | None
    tried: Delivery | None


@dataclass(frozen=True)
class _WebhooksPage:
    desk: DeskPages
    environment: Environment
    webhooks: WebhookDesk

    async def show(self, request: Request, signed: Signed) -> Response:
        return await self._page(request, signed)

    async def add(self, request: Request, signed: Signed) -> Response:
        address = signed.said("address")
        shown = await run_in_threadpool(self._listed, signed, request)
        if len(shown) >= MOST:
            return await self._page(request, signed, address=address, refused="most")
        try:
            made = await run_in_threadpool(self.webhooks.add, signed.account, address, signed.account.territory)
        except AddressError as error:
            return await self._page(request, signed, address=address, refused=error.code)
        return _back(f"?nouveau={made.id}#w{made.id}")

    async def trial(self, request: Request, signed: Signed) -> Response:
        number = request.path_params["number"]
        if not await run_in_threadpool(self._theirs, signed, number):
            return self._unknown(signed)
        told = await self.webhooks.trial(signed.account, number)
        return _back(f"?essai={told.id}#w{number}")

    async def end(self, request: Request, signed: Signed) -> Response:
        number = request.path_params["number"]
        if not await run_in_threadpool(self._theirs, signed, number):
            return self._unknown(signed)
        await run_in_threadpool(self.webhooks.end, signed.account, number)
        return _back("?fin=1")

    async def _page(self, request: Request, signed: Signed, address: str = "", refused: str | None = None) -> Response:
        shown = await run_in_threadpool(self._listed, signed, request)
        values = {
            "shown": shown,
            "address": address,
            "refused": refused,
            "ended": "fin" in request.query_params and refused is None,
            "status": 422 if refused else 200,
            "http": HTTP,
            "written": moments(signed.account.language),
        }
        return self.desk.page(self.environment, "webhooks.html", signed, request, **values)

    def _listed(self, signed: Signed, request: Request) -> list[Shown]:
        new, tried = request.query_params.get("nouveau", ""), request.query_params.get("essai")
        with self.webhooks.open() as webhooks:
            found = []
            for one in webhooks.listed(signed.account.territory):
                first = request.method == "GET" and new == str(one.id)
                secret = webhooks.reveal(one.id, self.webhooks.clock()) if first else None
                last = webhooks.last(one.id)
                found.append(Shown(one, last, secret, next((d for d in last if d.id == tried), None)))
            return found

    def _theirs(self, signed: Signed, number: int) -> bool:
        with self.webhooks.open() as webhooks:
            found = webhooks.webhook(number)
        return found is not None and found.ended_at is None and found.territory == signed.account.territory

    def _unknown(self, signed: Signed) -> Response:
        return self.desk.pages.problem(404, "desk.refused.unknown", signed.account.language)


def _back(where: str) -> Response:
    return RedirectResponse(ADDRESS + where, 303, dict(SECURITY_HEADERS))
