"""The web chat: a page made for a phone, that works without JavaScript and better with it.

A press is posted, taken in by the exchange, and answered with a redirection to the page or, for the page's
own module, with the part that changes. The asker is a random cookie; nothing else is known of a visitor.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Protocol

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels import Exchange
from bot.channels.web_offline import Offline, offline_routes
from bot.channels.web_page.assets import TYPES, read_assets
from bot.channels.web_page.pages import SECURITY_HEADERS, Pages, read_pages
from bot.channels.web_page.requests import (
    EVENT,
    FRAGMENT_HEADER,
    LANGUAGE_COOKIE,
    MOST_BYTES_OF_A_STORY,
    SESSION_COOKIE,
    TERRITORY,
    TOKEN,
    Press,
    RefusedError,
    Visit,
    language_of,
    press_of,
    read_form,
    require_same_origin,
    visit_of,
)
from bot.channels.web_voice import Speech, voice_routes
from bot.expert import EXPERT_FORM, MOST_ORIENTATIONS, FieldErrors, Group, facts_of
from bot.messages import Incoming, Reply

CHANNEL = "web"
MONTH = 30 * 24 * 3600
FIRST_ORIENTATION_ROWS = 1

Endpoint = Callable[[Request], Awaitable[Response]]


class AnswerPage(Protocol):
    """The stored answer under a token, worded in the language wanted; None when there is none."""

    async def __call__(self, token: str, language: str) -> Reply | None: ...


class Decide(Protocol):
    """All facts at once, in the contract's JSON vocabulary -> the answer, or what is wrong in which fact."""

    async def __call__(self, facts: Mapping[str, object], language: str) -> Reply | FieldErrors: ...


def web_routes(
    exchange: Exchange,
    *,
    answer_page: AnswerPage,
    decide: Decide,
    public_url: str,
    today: Callable[[], date] = date.today,
    expert_form: tuple[Group, ...] = EXPERT_FORM,
    offline: Offline | None = None,
    speech: Speech | None = None,
) -> list[Route]:
    """The routes of the chat, of shared answers, of the expert form and of their files; of the page that needs no
    network where ``offline`` is given; of speaking and listening where ``speech`` is."""
    pages = read_pages(read_assets())
    web = _Web(exchange, answer_page, decide, public_url, today, expert_form, pages, reads=speech is not None)
    without_network = offline_routes(offline, pages, public_url, today, web.remember) if offline else []
    by_voice = voice_routes(speech, web, pages, public_url) if speech else []
    return [
        *without_network,
        *by_voice,
        Route("/", web.show, methods=["GET"]),
        Route("/chat", web.refusing(web.press), methods=["POST"]),
        Route("/reponse/{token}", web.refusing(web.answer), methods=["GET"]),
        Route("/expert", web.expert, methods=["GET"]),
        Route("/expert", web.refusing(web.decided), methods=["POST"]),
        Route("/static/{version}/{name}", web.file, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Web:
    exchange: Exchange
    answer_page: AnswerPage
    decide: Decide
    public_url: str
    today: Callable[[], date]
    expert_form: tuple[Group, ...]
    pages: Pages
    reads: bool = False

    async def show(self, request: Request) -> Response:
        """The current question as a page; after a press or a voice note without JavaScript, what it led to."""
        visit = visit_of(request)
        press = request.query_params.get("suite", "")
        press = press if EVENT.fullmatch(press) else ""
        territory = request.query_params.get("territoire", "")
        incoming = self.incoming(
            visit,
            press or secrets.token_urlsafe(16),
            territory=territory if TERRITORY.fullmatch(territory) else None,
            household=request.query_params.get("menage"),
        )
        heard = await self.exchange.understood(incoming) if press else None
        reply = heard or await self.reply(visit, incoming)
        forgotten = bool(press) and not visit.known
        response = self.pages.chat(reply, notice="web.cookies" if forgotten else None)
        response.background = BackgroundTask(self._arrived, incoming, reply, heard is not None)
        return self.remember(response, visit, reply.language)

    async def _arrived(self, incoming: Incoming, reply: Reply, heard: bool) -> None:
        await self.exchange.shown(incoming)
        if heard:
            await self.exchange.note_told(incoming)
        if reply.tidings:
            await self.exchange.told(reply.tidings)

    async def press(self, request: Request) -> Response:
        """Take a press in. Not yet shown: the page it leads to, or a second try, gets the same reply."""
        require_same_origin(request, self.public_url)
        visit = visit_of(request)
        press = press_of(await read_form(request, MOST_BYTES_OF_A_STORY))
        reply = await self.reply(visit, self.incoming(visit, press.id, press))
        if request.headers.get(FRAGMENT_HEADER):
            response: Response = self.pages.fragment(reply, press.id)
            if reply.tidings:
                response.background = BackgroundTask(self.exchange.told, reply.tidings)
        else:
            headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
            response = RedirectResponse(f"/?suite={press.id}#log", 303, headers)
        return self.remember(response, visit, reply.language)

    async def answer(self, request: Request) -> Response:
        token = request.path_params["token"]
        language = language_of(request)
        reply = await self.answer_page(token, language) if TOKEN.fullmatch(token) else None
        if reply is None:
            raise RefusedError(404, "web.refused.no_answer")
        return self.pages.answer(reply)

    async def expert(self, request: Request) -> Response:
        return self.pages.expert(self.expert_form, language_of(request))

    async def decided(self, request: Request) -> Response:
        require_same_origin(request, self.public_url)
        form = await read_form(request)
        language = language_of(request)
        rows = min(max(FIRST_ORIENTATION_ROWS, len(form.get("orientations", ()))), MOST_ORIENTATIONS)
        if "add_orientation" in form:
            more = min(rows + 1, MOST_ORIENTATIONS)
            return self.pages.expert(self.expert_form, language, form=form, rows=more)
        result = await self.decide(facts_of(self.expert_form, form), language)
        return self.pages.expert(self.expert_form, language, form=form, rows=rows, result=result, reads=self.reads)

    async def file(self, request: Request) -> Response:
        """A file of the page: kept for ever under its own version, asked for again under another."""
        name, version = request.path_params["name"], request.path_params["version"]
        content = self.pages.assets.files.get(name)
        if content is None:
            return Response(status_code=404, headers=dict(SECURITY_HEADERS))
        current = version == self.pages.assets.version
        cached = "public, max-age=31536000, immutable" if current else "no-cache"
        headers = {**SECURITY_HEADERS, "Cache-Control": cached, "Cross-Origin-Resource-Policy": "same-origin"}
        return Response(content, headers=headers, media_type=TYPES[PurePosixPath(name).suffix])

    def refusing(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, with its refusals said in words in the visitor's language."""

        async def answered(request: Request) -> Response:
            try:
                return await endpoint(request)
            except RefusedError as refused:
                fragment = bool(request.headers.get(FRAGMENT_HEADER))
                return self.pages.problem(refused.status, refused.message, language_of(request), fragment=fragment)

        return answered

    async def reply(self, visit: Visit, incoming: Incoming) -> Reply:
        """What the exchange answers; the current question when it answered and showed this before."""
        reply = await self.exchange.take(incoming)
        if reply is None:
            reply = await self.exchange.take(self.incoming(visit, secrets.token_urlsafe(16)))
        if reply is None:
            raise RuntimeError("the exchange gave no reply to a new event")
        return reply

    def incoming(
        self,
        visit: Visit,
        event: str,
        press: Press | None = None,
        *,
        territory: str | None = None,
        household: str | None = None,
    ) -> Incoming:
        """What was pressed; without a press, nothing but « where do I stand? »."""
        return Incoming(
            channel=CHANNEL,
            event=visit.event(event),
            asker=visit.session,
            today=self.today(),
            button=press.button if press else None,
            command=press.command if press else None,
            argument=press.argument if press else None,
            text=press.text if press else None,
            language=visit.language,
            territory=territory,
            household=household,
        )

    def remember(self, response: Response, visit: Visit, language: str) -> Response:
        """The response, with the cookies that tell this browser and its language again."""
        secure = self.public_url.startswith("https:")
        for name, value in ((SESSION_COOKIE, visit.session), (LANGUAGE_COOKIE, language)):
            response.set_cookie(name, value, max_age=MONTH, httponly=True, samesite="lax", secure=secure)
        return response
