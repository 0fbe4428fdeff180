"""GET and POST /m/<token>: a household reads, hears and answers its messages, in its language, without an account."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from api.households.addresses import HOUSEHOLD
from api.households.desk import Desk, Event, live
from api.pages.household.conversation import Line, conversation, shown_in
from api.pages.household.said import LONGEST_TEXT, RefusedAnswerError, event_of, read_sound, voice_of
from api.pages.household.visits import by_a_person
from api.pages.played import played
from api.storage.households import IN, Case, ErasedCaseError, Households, Link
from api.storage.journal import Clock, now
from api.storage.sound import LARGEST_VOICE
from bot.channels import Aloud
from bot.channels.web_page.assets import Assets, read_assets
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS
from bot.channels.web_page.requests import Form, RefusedError, accepted, read_form
from bot.channels.web_page.sound_response import sound_response
from bot.followup.catalog import catalog, own_name, spoken
from bot.followup.content import Shown
from bot.followup.hearing import said
from bot.followup.message import offered_languages
from bot.followup.page_words import page_text
from bot.followup.relay import STOPPED, UnknownButtonError
from bot.wording import SOURCE_LANGUAGE
from rules.model import Territory

HERE = Path(__file__).resolve().parent
STYLE, SCRIPT = "/menage.css", "/menage.js"
OFTEN_READ = (SOURCE_LANGUAGE, "en", "ar", "fa-AF", "uk")
HEADERS: Mapping[str, str] = {
    **SECURITY_HEADERS,
    **PRIVATE_ADDRESS,
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"] + "; media-src 'self' blob:",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cache-Control": "no-store",
}


class GoneError(Exception):
    """An address that opens no conversation: ``language`` is the last one known of its household."""

    def __init__(self, status: int, words: str, language: str | None = None) -> None:
        super().__init__(words)
        self.status, self.words, self.language = status, words, language


def household_page(
    desk: Desk,
    territory: Callable[[str | None], Territory | None],
    clock: Clock = now,
    aloud: Aloud | None = None,
) -> list[Route]:
    """The page of a link, what it sends and what it plays, its style and its script.

    ``aloud``: reads what nobody recorded; without it only recordings are heard.
    """
    files = {STYLE: (HERE / "household.css").read_bytes(), SCRIPT: (HERE / "household.js").read_bytes()}
    page = _Page(desk, territory, clock, files, read_assets(), _environment(), aloud)
    address = HOUSEHOLD + "{token}"
    return [
        Route(address, page.show, methods=["GET"]),
        Route(address, page.take, methods=["POST"]),
        Route(address + "/voix", page.hear, methods=["POST"]),
        Route(address + "/son/{message}", page.play, methods=["GET"]),
        Route(STYLE, page.file, methods=["GET"]),
        Route(SCRIPT, page.file, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Page:
    desk: Desk
    territory: Callable[[str | None], Territory | None]
    clock: Clock
    files: Mapping[str, bytes]
    assets: Assets
    environment: Environment
    aloud: Aloud | None = None

    async def show(self, request: Request) -> Response:
        """The conversation, which a person's opening marks as read; else a kind page that says what to do."""
        opened = by_a_person(request.method, request.headers)
        try:
            case, lines = await run_in_threadpool(self._opened, request.path_params["token"], opened)
        except GoneError as gone:
            return self._gone(request, gone)
        return self._conversation(request, case, lines)

    async def take(self, request: Request) -> Response:
        """Take in what was pressed or written, then show the conversation again."""
        token = request.path_params["token"]
        form: Form = {}
        try:
            form = await read_form(request)
            await run_in_threadpool(self._take, token, form)
        except GoneError as gone:
            return self._gone(request, gone)
        except (RefusedAnswerError, RefusedError) as refused:
            words = refused.words if isinstance(refused, RefusedAnswerError) else "text_too_long"
            return await self._again(request, refused.status, words, form.get("text", ("",))[-1])
        except (UnknownButtonError, LookupError):
            return await self._again(request, 422, "not_sent")
        return RedirectResponse(f"{request.url.path}#now", 303, HEADERS)

    async def hear(self, request: Request) -> Response:
        """Take in a recording of at most 2 MB that a browser made: 204, which the page's script waits for."""
        token, given = request.path_params["token"], request.query_params.get("event", "")
        try:
            sound = await read_sound(request)
            await run_in_threadpool(self._hear, token, given, sound)
        except GoneError as gone:
            return Response(status_code=gone.status, headers=HEADERS)
        except RefusedAnswerError as refused:
            return Response(status_code=refused.status, headers=HEADERS)
        return Response(status_code=204, headers=HEADERS)

    async def play(self, request: Request) -> Response:
        """A message read by a person, else by a voice; or what the household said itself."""
        try:
            found = await run_in_threadpool(self._sound, request.path_params["token"], request.path_params["message"])
            if isinstance(found, Shown):
                found = await self._spoken(found)
        except GoneError as gone:
            return Response(status_code=gone.status, headers=HEADERS)
        return Response(status_code=404, headers=HEADERS) if found is None else sound_response(request, *found, HEADERS)

    async def file(self, request: Request) -> Response:
        headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        kind = "text/css" if request.url.path == STYLE else "text/javascript"
        return Response(self.files[request.url.path], headers=headers, media_type=f"{kind}; charset=utf-8")

    def _opened(self, token: str, by_person: bool) -> tuple[Case, tuple[Line, ...]]:
        with self.desk.store.households(self.desk.vault) as households:
            link, case = self._live(households, token)
            if by_person:
                households.opened(link)
            thread = households.thread(case.reference, link.key)
        recorded = self.desk.store.recordings.templates(case.territory, case.language)
        lines = conversation(thread, case, self.territory(case.territory), recorded, spoken=self.aloud is not None)
        if not lines:
            raise GoneError(410, "expired", case.language)
        return case, lines

    def _take(self, token: str, form: Form) -> None:
        with self.desk.store.households(self.desk.vault) as households:
            link, case = self._live(households, token)
            if language := form.get("language", ("",))[-1]:
                if language not in offered_languages():
                    raise RefusedAnswerError(422, "not_sent")
                households.change(case.reference, language=language)
                return
        if (event := event_of(form, link, case)) is not None:
            self._desk_takes(event)

    def _hear(self, token: str, given: str, sound: bytes) -> None:
        with self.desk.store.households(self.desk.vault) as households:
            link, _ = self._live(households, token)
        self._desk_takes(voice_of(sound, given, link))

    def _desk_takes(self, event: Event) -> None:
        try:
            self.desk.take(event)
        except ErasedCaseError:
            raise GoneError(410, "expired") from None

    async def _spoken(self, shown: Shown) -> tuple[str, bytes] | None:
        """A message in the form that every browser plays; None where nobody speaks its language."""
        return await played(self.aloud, said(shown), shown.language) if self.aloud else None

    def _sound(self, token: str, wanted: str) -> tuple[str, bytes] | Shown | None:
        """What is to be heard: recorded, or to be read aloud."""
        with self.desk.store.households(self.desk.vault) as households:
            link, case = self._live(households, token)
            thread = households.thread(case.reference, link.key)
            message = next((one for one in thread if one.id == wanted), None)
            if message is not None and message.direction == IN:
                return households.sound(wanted)
        if message is None:
            return None
        recorded = self.desk.store.recordings.sound(case.territory, message.subject, case.language)
        return recorded or shown_in(case, message, self.territory(case.territory))

    def _live(self, households: Households, token: str) -> tuple[Link, Case]:
        """The link of an address and its case. Raises GoneError for one that is unknown, past or erased."""
        try:
            link = households.link(token)
            if link is None:
                raise GoneError(404, "unknown_link")
            case = households.case(link.case)
        except ErasedCaseError:
            raise GoneError(410, "expired") from None
        if not live(link, self.clock):
            raise GoneError(410, "expired", case.language)
        return link, case

    async def _again(self, request: Request, status: int, refused: str, text: str = "") -> Response:
        """The conversation with what was refused, and why."""
        try:
            case, lines = await run_in_threadpool(self._opened, request.path_params["token"], False)
        except GoneError as gone:
            return self._gone(request, gone)
        return self._conversation(request, case, lines, status=status, refused=refused, text=text)

    def _conversation(
        self,
        request: Request,
        case: Case,
        lines: tuple[Line, ...],
        *,
        status: int = 200,
        refused: str = "",
        text: str = "",
    ) -> Response:
        words = spoken(case.language)
        offered = dict.fromkeys((*offered_languages(), case.language))
        return self._page(
            "household.html",
            status,
            t=lambda name: page_text(name, words),
            lang=words.language,
            dir="rtl" if words.right_to_left else "ltr",
            languages={code: own_name(code) for code in offered},
            chosen=case.language,
            lines=lines,
            address=HOUSEHOLD + request.path_params["token"],
            telephone=case.sender.telephone,
            stop=None if case.consent == STOPPED else words.words_to_write("stop")[0],
            in_french=words.language != case.language,
            event=secrets.token_urlsafe(16),
            longest=LONGEST_TEXT,
            largest=LARGEST_VOICE,
            refused=refused,
            text=text,
        )

    def _gone(self, request: Request, gone: GoneError) -> Response:
        """What to do, in the last language known and French, else in what the browser asks for and a few more."""
        wanted = [tag for tag in accepted(request.headers.get("accept-language", "")) if tag in offered_languages()]
        codes = (gone.language, SOURCE_LANGUAGE) if gone.language in offered_languages() else (*wanted[:1], *OFTEN_READ)
        read = [catalog(code) for code in dict.fromkeys(codes) if code]
        said = [(one, page_text(gone.words, one).split("\n")) for one in read]
        return self._page("gone.html", gone.status, said=said, lang=read[0].language)

    def _page(self, template: str, status: int, **values: Any) -> Response:
        values |= {"base": self.assets.address("page.css"), "mark": self.assets.address("mark.svg")}
        values |= {"style": self._address(STYLE), "script": self._address(SCRIPT)}
        return HTMLResponse(self.environment.get_template(template).render(values), status, HEADERS)

    def _address(self, path: str) -> str:
        return f"{path}?{hashlib.sha256(self.files[path]).hexdigest()[:16]}"


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
