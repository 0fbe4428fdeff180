"""How often one may come where nobody signs in: to what a link alone opens, and to the chat. Guesses have to wait."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.rates import Rates, TooOftenError, sender
from bot.channels.web_page.pages import SECURITY_HEADERS, Pages
from bot.channels.web_page.requests import FRAGMENT_HEADER, language_of, visit_of
from bot.messages import Text

LINKS = ("/m/", "/suivi/", "/campagne/", "/relire/", "/rejoindre/", "/bienvenue/", "/reponse/", "/cas-decole/")
WITHOUT_NETWORK = ("POST", "/hors-ligne/questions")
CHAT = {("GET", "/"), ("POST", "/chat"), ("POST", "/expert"), WITHOUT_NETWORK}
READ = ("GET", "HEAD", "POST")


class OpenDoors:
    """ASGI, before everything that answers; ``pages`` says in words that somebody has to wait."""

    def __init__(self, app: ASGIApp, rates: Rates, pages: Pages) -> None:
        self.app, self.rates, self.pages = app, rates, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        by_link = opened_by_link(scope)
        if not by_link and (scope.get("method"), scope.get("path")) not in CHAT:
            return await self.app(scope, receive, send)
        request = Request(scope)
        address = address_of(request)

        async def sent(message: Message) -> None:
            if by_link and message["type"] == "http.response.start" and message["status"] == 404:
                self.rates.guessed(address)
            await send(message)

        try:
            self._count(request, address, by_link=by_link)
        except TooOftenError as often:
            return await self._too_often(request, often, by_link=by_link)(scope, receive, send)
        return await self.app(scope, receive, sent)

    def _count(self, request: Request, address: str, *, by_link: bool) -> None:
        if by_link:
            return self.rates.link(address)
        visit = visit_of(request)
        return self.rates.chat(visit.session if visit.known else None, address)

    def _too_often(self, request: Request, often: TooOftenError, *, by_link: bool) -> Response:
        message, language = "web.refused.guesses" if by_link else "web.refused.wait", language_of(request)
        if (request.method, request.url.path) == WITHOUT_NETWORK:
            said = {"said": self.pages.sentence(Text(message), language)}
            told: Response = JSONResponse(said, 429, {**SECURITY_HEADERS, "Cache-Control": "no-store"})
        else:
            fragment = bool(request.headers.get(FRAGMENT_HEADER))
            told = self.pages.problem(429, message, language, fragment=fragment)
        told.headers["Retry-After"] = str(often.seconds)
        return told


def address_of(request: Request) -> str:
    """Where a request comes from, as it is counted."""
    return sender(request.client.host) if request.client else ""


def opened_by_link(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in READ and scope["path"].startswith(LINKS)
