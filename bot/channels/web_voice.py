"""Speaking and listening in the web chat: a voice note in, what was understood of it, and what is shown read aloud.

A voice note is taken in at once; the page asks for what it led to until that is there. Only the session that spoke
finds it: the note's name is made from the session.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels import Aloud, Exchange
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS, Pages
from bot.channels.web_page.requests import (
    EVENT,
    FRAGMENT_HEADER,
    MALFORMED,
    TOKEN,
    Press,
    RefusedError,
    Visit,
    language_of,
    read_form,
    require_same_origin,
    visit_of,
)
from bot.channels.web_page.sound_response import sound_response
from bot.channels.web_page.spoken import spoken_of
from bot.expert import FieldErrors, Group, facts_of
from bot.messages import Incoming, Reply
from bot.speech.sounded import MP3
from bot.speech.voice import SpeechError

log = logging.getLogger(__name__)
MOST_TRIES = 90  # of a page that asks again by itself: three minutes
KEPT_NOWHERE = {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "no-store"}
KEPT_BY_THE_BROWSER = {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "private, max-age=600"}


class Allows(Protocol):
    """Whether this may be done once more now: ``what`` is "speak" or "listen", by a session, from an address."""

    def __call__(self, what: str, session: str, address: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Speech:
    """What the wiring gives."""

    aloud: Aloud
    allows: Allows


class Chat(Protocol):
    """What speaking and listening need of the web chat."""

    exchange: Exchange
    answer_page: Callable[[str, str], Awaitable[Reply | None]]
    decide: Callable[[Mapping[str, object], str], Awaitable[Reply | FieldErrors]]
    expert_form: tuple[Group, ...]

    def incoming(self, visit: Visit, event: str, press: Press | None = None) -> Incoming: ...

    async def reply(self, visit: Visit, incoming: Incoming) -> Reply: ...

    def refusing(
        self, endpoint: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]: ...

    def remember(self, response: Response, visit: Visit, language: str) -> Response: ...


def voice_routes(speech: Speech, chat: Chat, pages: Pages, public_url: str) -> list[Route]:
    """``/voix`` takes a voice note in, ``/voix/<note>`` is what it led to, ``/ecouter`` what is shown, as sound."""
    web = _WebVoice(speech, chat, pages, public_url)
    return [
        Route("/voix", chat.refusing(web.speak), methods=["POST"]),
        Route("/voix/{note}", chat.refusing(web.understood), methods=["GET"]),
        Route("/voix/{note}", chat.refusing(web.told), methods=["DELETE"]),
        Route("/ecouter", chat.refusing(web.listen), methods=["GET"]),
        Route("/ecouter", chat.refusing(web.listen_to_form), methods=["POST"]),
    ]


@dataclass(frozen=True)
class _WebVoice:
    speech: Speech
    chat: Chat
    pages: Pages
    public_url: str

    async def speak(self, request: Request) -> Response:
        """Take a voice note in: 202 and where to ask for what it led to, or the reply where there is nothing to hear.
        Without JavaScript, the page that says « J’écoute… »."""
        require_same_origin(request, self.public_url)
        visit = visit_of(request)
        if not visit.known:
            raise RefusedError(403, "web.cookies")
        self._allow("speak", visit, request)
        spoken = await spoken_of(request)
        incoming = self.chat.incoming(visit, spoken.id)
        reply = await self.chat.exchange.listen(incoming, spoken.sound)
        heard = await self.chat.exchange.noted(incoming)
        if not request.headers.get(FRAGMENT_HEADER):
            place = f"/voix/{spoken.id}" if heard else f"/?suite={spoken.id}#log"
            return RedirectResponse(place, 303, KEPT_NOWHERE)
        if heard:
            return Response(status_code=202, headers={**KEPT_NOWHERE, "Location": f"/voix/{spoken.id}"})
        return self.pages.fragment(reply or await self.chat.reply(visit, incoming), spoken.id)

    async def understood(self, request: Request) -> Response:
        """What a voice note led to, for the session that spoke; 202 while it is being heard."""
        visit, note, incoming = self._note(request)
        fragment = bool(request.headers.get(FRAGMENT_HEADER))
        reply = await self.chat.exchange.understood(incoming)
        if reply is not None and fragment:
            return self.pages.fragment(reply, note)
        if reply is not None:
            return RedirectResponse(f"/?suite={note}#log", 303, KEPT_NOWHERE)
        if not await self.chat.exchange.noted(incoming):
            raise RefusedError(404, "web.refused.no_note")
        if fragment:
            return Response(status_code=202, headers={**KEPT_NOWHERE, "Retry-After": "1"})
        tries = request.query_params.get("essai", "0")
        tried = int(tries) if tries.isascii() and tries.isdecimal() and len(tries) < 4 else 0
        return self.pages.listening(note, visit.language, tried if tried < MOST_TRIES else None)

    async def told(self, request: Request) -> Response:
        """The page has shown what a voice note led to: nothing of it is kept."""
        require_same_origin(request, self.public_url)
        _, _, incoming = self._note(request)
        await self.chat.exchange.shown(incoming)
        await self.chat.exchange.note_told(incoming)
        return Response(status_code=204, headers=KEPT_NOWHERE)

    async def listen(self, request: Request) -> Response:
        """What this session is shown, or a shared answer, read aloud."""
        visit = visit_of(request)
        self._allow("listen", visit, request)
        reply = await self._shown(request, visit)
        sounded = await self._sounded(reply, mp3=request.query_params.get("format") == "mp3")
        if sounded is None:
            raise RefusedError(404, "speech.no_voice")
        return sound_response(request, *sounded, KEPT_BY_THE_BROWSER)

    async def listen_to_form(self, request: Request) -> Response:
        """The answer to the expert form's facts, read aloud: they stand in no address, and nothing of them is kept."""
        require_same_origin(request, self.public_url)
        visit = visit_of(request)
        self._allow("listen", visit, request)
        facts = facts_of(self.chat.expert_form, await read_form(request))
        reply = await self.chat.decide(facts, visit.language)
        if isinstance(reply, FieldErrors):
            raise RefusedError(*MALFORMED)
        sounded = await self._sounded(reply, mp3=True)
        if sounded is None:
            raise RefusedError(404, "speech.no_voice")
        return sound_response(request, *sounded, KEPT_NOWHERE)

    async def _shown(self, request: Request, visit: Visit) -> Reply:
        """The reply that a page shows: of the press or the note that it names, and a shared answer by its token."""
        token, shown = request.query_params.get("reponse"), request.query_params.get("suite", "")
        if token is not None:
            found = await self.chat.answer_page(token, language_of(request)) if TOKEN.fullmatch(token) else None
            if found is None:
                raise RefusedError(404, "web.refused.no_answer")
            return found
        if not EVENT.fullmatch(shown):
            raise RefusedError(404, "web.refused.nowhere")
        incoming = self.chat.incoming(visit, shown)
        return await self.chat.exchange.understood(incoming) or await self.chat.reply(visit, incoming)

    async def _sounded(self, reply: Reply, *, mp3: bool) -> tuple[str, bytes] | None:
        """The media type and the bytes of a reply; None where no voice speaks its language."""
        try:
            sounded = await self.speech.aloud.read(reply)
        except SpeechError as error:
            log.warning("speech: %s", error)
            raise RefusedError(503, "speech.not_spoken") from None
        if sounded is None or not mp3:
            return sounded
        converted = await self.speech.aloud.mp3(sounded[1])
        return (MP3, converted) if converted is not None else sounded

    def _note(self, request: Request) -> tuple[Visit, str, Incoming]:
        visit, note = visit_of(request), request.path_params["note"]
        if not EVENT.fullmatch(note):
            raise RefusedError(404, "web.refused.no_note")
        return visit, note, self.chat.incoming(visit, note)

    def _allow(self, what: str, visit: Visit, request: Request) -> None:
        address = request.client.host if request.client else ""
        if not self.speech.allows(what, visit.session, address):
            raise RefusedError(429, "web.refused.too_often")
