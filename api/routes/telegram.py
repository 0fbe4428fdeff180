"""Where Telegram brings updates."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram import LARGEST_UPDATE, WEBHOOK_PATH, TelegramChannel

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)


def webhook(telegram: TelegramChannel) -> Route:
    """The route of the webhook; a body that is too large is not read to its end."""

    async def receive(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_UPDATE:
                return Response(status_code=413)
        return Response(status_code=await telegram.receive(body, request.headers.get(SECRET_HEADER)))

    return Route(WEBHOOK_PATH, receive, methods=["POST"], include_in_schema=False)
