"""/exports/cles: the keys by which programs read a territory's questions; an administrator makes and ends them."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.access.gate import Gate, Signed
from api.pages.desk import DeskPages
from api.storage.api_keys import SCOPES, ApiKey, ApiKeys, UnknownKeyError
from bot.channels.web_page.pages import SECURITY_HEADERS

ADDRESS = "/exports/cles"
LONGEST_LABEL = 80


@dataclass(frozen=True)
class KeyPages:
    gate: Gate
    desk: DeskPages
    environment: Environment
    keys: ApiKeys

    async def show(self, request: Request, signed: Signed) -> Response:
        """The territory's keys, and the form of a new one."""
        return await self._page(request, signed)

    async def make(self, request: Request, signed: Signed) -> Response:
        """A new key, shown this once: no redirect, since its address would have to hold it."""
        label, scopes = signed.said("label"), [one for one in SCOPES if one in signed.form.get("scope", ())]
        wrong = "keys.refused.label" if not 0 < len(label) <= LONGEST_LABEL else None
        wrong = wrong or ("keys.refused.scopes" if not scopes else None)
        if wrong:
            return await self._page(request, signed, 422, wrong=wrong, label=label, chosen=scopes)
        territory = signed.account.territory
        made, secret = await run_in_threadpool(self.keys.add, label, scopes, territory, signed.account)
        return self.desk.page(self.environment, "key.html", signed, request, made=made, secret=secret)

    async def ask_end(self, request: Request, signed: Signed) -> Response:
        """Whether the key is really to end."""
        found = [one for one in await self._own(signed) if one.id == request.path_params["number"]]
        if not found or found[0].ended_at:
            return self._unknown(signed)
        return self.desk.page(self.environment, "key_end.html", signed, request, key=found[0], keys=ADDRESS)

    async def end(self, request: Request, signed: Signed) -> Response:
        try:
            await run_in_threadpool(self.keys.end, request.path_params["number"], signed.account)
        except UnknownKeyError:
            return self._unknown(signed)
        return RedirectResponse(ADDRESS, 303, dict(SECURITY_HEADERS))

    async def _page(self, request: Request, signed: Signed, status: int = 200, **more: object) -> Response:
        values = {"wrong": None, "label": "", "chosen": list(SCOPES[:1]), "scopes": SCOPES, **more}
        found = await self._own(signed)
        return self.desk.page(self.environment, "keys.html", signed, request, status, keys=found, **values)

    async def _own(self, signed: Signed) -> list[ApiKey]:
        return await run_in_threadpool(self.keys.all, signed.account.territory)

    def _unknown(self, signed: Signed) -> Response:
        return self.desk.pages.problem(404, "desk.refused.unknown", signed.account.language)
