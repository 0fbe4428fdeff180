"""Where Telegram brings updates."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.channels.telegram import LARGEST_UPDATE, WEBHOOK_PATH, TelegramChannel

SECRET_HEADER = b"x-telegram-bot-api-secret-token"
JSON = (b"content-type", b"application/json")


class Webhook:
    """ASGI, without the request and its wrappings that pages have: most of what arrives arrives here.

    ``headers``: of every answer.
    """

    def __init__(self, telegram: TelegramChannel, headers: Mapping[str, str]) -> None:
        self._telegram = telegram
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    def opens(self, scope: Scope) -> bool:
        """Whether Telegram itself calls."""
        return scope["method"] == "POST" and self._telegram.knows(_secret(scope))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A body that is too large is not read to its end."""
        body, more = b"", True
        while more and len(body) <= LARGEST_UPDATE:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        answer = await self._telegram.receive(body, _secret(scope))
        said, kind = (b"", ()) if answer.call is None else (orjson.dumps(answer.call), (JSON,))
        headers = [*self._headers, *kind, (b"content-length", b"%d" % len(said))]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": said})


def webhook(telegram: TelegramChannel, headers: Mapping[str, str]) -> Route:
    """The route of the webhook."""
    return Route(WEBHOOK_PATH, Webhook(telegram, headers), methods=["POST"], include_in_schema=False)


def _secret(scope: Scope) -> str | None:
    given = dict(scope["headers"]).get(SECRET_HEADER)
    return None if given is None else given.decode("latin-1")
