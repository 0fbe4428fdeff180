"""The way to an OpenID provider and back: each way is good once."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from datetime import timedelta

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.access.gate import SIGN_IN, own_path
from api.access.openid import Person, Provider, ProviderError
from api.signing import record_signed, signed_record
from api.storage.journal import Clock, now
from api.storage.store import Store
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.journal import DuplicateEvent

log = logging.getLogger(__name__)

COOKIE, CHANNEL, PURPOSE = "aiguillage_provider", "sign-in", b"openid "
LIFE = timedelta(minutes=10)
HEADERS = {**SECURITY_HEADERS, "Cache-Control": "no-store"}


@dataclass(frozen=True)
class ByProvider:
    """``secret`` signs the cookie; ``store`` remembers which ways were taken."""

    provider: Provider
    store: Store
    secret: str
    clock: Clock = now

    async def leave(self, on: str) -> Response | str:
        """To the provider; else a message that says why not."""
        try:
            begun = await self.provider.begin()
        except ProviderError as error:
            log.warning("sign-in: provider: %s", error)
            return error.message
        until = (self.clock() + LIFE).timestamp()
        record = {"state": begun.state, "nonce": begun.nonce, "verifier": begun.verifier, "on": on, "until": until}
        response = RedirectResponse(begun.address, 303, HEADERS)
        cookie = signed_record(record, PURPOSE, self.secret)
        secure, age = self.provider.back.startswith("https:"), int(LIFE.total_seconds())
        response.set_cookie(COOKIE, cookie, age, path=SIGN_IN, httponly=True, samesite="lax", secure=secure)
        return response

    async def returned(self, request: Request) -> tuple[Person | str, str]:
        """Who came back (or a message that says why nobody), and where they were going."""
        record = record_signed(request.cookies.get(COOKIE, ""), PURPOSE, self.secret)
        if record is None:
            return "access.openid.begin_again", own_path("")
        on, state = own_path(record["on"]), request.query_params.get("state", "")
        ours = hmac.compare_digest(state.encode(), record["state"].encode())
        if not ours or record["until"] < self.clock().timestamp() or not await run_in_threadpool(self._once, state):
            return "access.openid.begin_again", on
        code = request.query_params.get("code", "")
        if not code:
            return "access.openid.given_up", on
        try:
            return await self.provider.finish(code, record["nonce"], record["verifier"]), on
        except ProviderError as error:
            log.warning("sign-in: provider: %s", error)
            return error.message, on

    def forget(self, response: Response) -> Response:
        """The response, without the cookie of this way."""
        response.delete_cookie(COOKIE, path=SIGN_IN)
        return response

    def _once(self, state: str) -> bool:
        """Whether this way is taken for the first time."""
        try:
            with self.store.transaction() as journal:
                journal.record(CHANNEL, state, {})
        except DuplicateEvent:
            return False
        return True
