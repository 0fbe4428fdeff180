"""Where Telegram brings updates."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.channels.telegram import LARGEST_UPDATE, WEBHOOK_PATH, TelegramChannel

SECRET_HEADER = b"x-telegram-bot-api-secret-token"


class Webhook:
    """ASGI, without the request and its wrappings that pages have: most of what arrives arrives here."""

    def __init__(self, telegram: TelegramChannel) -> None:
        self._telegram = telegram

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A body that is too large is not read to its end."""
        body, more = b"", True
        while more and len(body) <= LARGEST_UPDATE:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        answer = await self._telegram.receive(body, _secret(scope))
        said = Response(status_code=answer.status) if answer.call is None else JSONResponse(answer.call)
        await said(scope, receive, send)


def webhook(telegram: TelegramChannel) -> Route:
    """The route of the webhook."""
    return Route(WEBHOOK_PATH, Webhook(telegram), methods=["POST"], include_in_schema=False)


def _secret(scope: Scope) -> str | None:
    given = (value for name, value in scope["headers"] if name == SECRET_HEADER)
    return next((value.decode("latin-1") for value in given), None)
