"""What every answer of the server carries, whoever made it: files, programs' JSON, refusals and faults too."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web_page.pages import SECURITY_HEADERS

NOTHING_RUNS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
A_YEAR = 31_536_000  # seconds


def headers_of_every_answer(public_url: str) -> Mapping[str, str]:
    """The headers of an answer that says nothing else. ``public_url``: where it is HTTPS, browsers keep to it."""
    kept = {"Strict-Transport-Security": f"max-age={A_YEAR}; includeSubDomains"}
    by_https = kept if public_url.startswith("https:") else {}
    return {**SECURITY_HEADERS, "Content-Security-Policy": NOTHING_RUNS, **by_https}


class EveryAnswer:
    """ASGI: gives these headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                given = {name for name, _ in headers}
                message["headers"] = [*headers, *(one for one in self._headers if one[0] not in given)]
            await send(message)

        await self.app(scope, receive, sent if scope["type"] == "http" else send)
