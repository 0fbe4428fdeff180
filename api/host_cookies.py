"""Behind HTTPS our cookies are named `__Host-…`: no other host, and no page by plain HTTP, can set or change them."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX, OURS = b"__Host-", b"aiguillage_"
Header = tuple[bytes, bytes]


class HostCookies:
    """ASGI: renames them on the way in and out; a cookie that comes without the prefix is none of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [_set(name, value) for name, value in message.get("headers", ())]
            await send(message)

        if scope["type"] == "http":
            scope = {**scope, "headers": list(_brought(scope["headers"]))}
        await self.app(scope, receive, sent)


def _brought(headers: Iterable[Header]) -> Iterable[Header]:
    for name, value in headers:
        if name == b"cookie":
            pairs = (pair.strip() for pair in value.split(b";"))
            value = b"; ".join(pair.removeprefix(PREFIX) for pair in pairs if not pair.startswith(OURS))
        yield name, value


def _set(name: bytes, value: bytes) -> Header:
    """The prefix asks for Secure, the path / and no domain; else browsers keep the cookie as it was."""
    if name.lower() != b"set-cookie" or not value.startswith(OURS):
        return name, value
    first, *more = (part.strip() for part in value.split(b";"))
    kept = [part for part in more if part.lower().partition(b"=")[0] not in (b"path", b"secure", b"domain")]
    return name, b"; ".join([PREFIX + first, *kept, b"Path=/", b"Secure"])
