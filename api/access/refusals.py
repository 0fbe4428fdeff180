"""What was refused, told to the log and counted: what it was, where, to which account. No name, address or token."""

from __future__ import annotations

import logging
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.open_doors import LINKS
from api.access.rates import Rates, TooOftenError

log = logging.getLogger(__name__)
A_MINUTE = RateLimitItemPerMinute(60)  # lines of one kind; what is more is counted alone
DOOR, FORM, LINK, SIGN_IN = "door", "form", "link", "sign_in"
KEY, SECRET, TOO_OFTEN = "key", "webhook_secret", "too_often"
WITH_A_KEY, WITH_A_SECRET, WAY_IN = ("/v1/", "/metrics"), "/telegram/webhook", "/connexion"


class Refusals:
    """ASGI: every answer that refuses. ``count``: told what was refused and where, as in the log."""

    def __init__(self, app: ASGIApp, rates: Rates, count: Callable[[str, str], None]) -> None:
        self.app, self.rates, self.count = app, rates, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope.setdefault("state", {})

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, message["status"])
            await send(message)

        return await self.app(scope, receive, sent)

    def _note(self, scope: Scope, status: int) -> None:
        what = refused(scope["path"], status, at_a_door="door" in scope["state"])
        if what is None:
            return
        where = scope["state"].get("door") or "/" + scope["path"].split("/")[1]
        self.count(what, where)
        try:
            self.rates.attempt(A_MINUTE, "refused", what)
        except TooOftenError:
            return
        log.warning("refused: %s at %s, account %s", what, where, scope["state"].get("account") or "none")


def refused(path: str, status: int, *, at_a_door: bool = False) -> str | None:
    """What an answer of this status at this address refuses, or None. ``at_a_door``: to a role that may not pass."""
    if status == 429:
        return TOO_OFTEN
    if status == 404:
        return LINK if path.startswith(LINKS) else None
    if status == 401:
        return SECRET if path == WITH_A_SECRET else KEY if path.startswith(WITH_A_KEY) else _sign_in(path)
    if status == 403:
        return DOOR if at_a_door else KEY if path.startswith(WITH_A_KEY) else FORM
    return None


def _sign_in(path: str) -> str | None:
    """A part of a page that asks for the sign-in is no refusal."""
    return SIGN_IN if path.startswith(WAY_IN) else None
