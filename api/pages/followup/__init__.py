"""GET and POST /suivi/<token>: who follows a case reads what was said both ways, in French, and writes to it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from fastapi.concurrency import run_in_threadpool
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from telegram.error import TelegramError

from api.households.addresses import VISITOR, followup_address, household_address
from api.households.asking import case_of
from api.households.desk import LINK, PRINT, TELEGRAM, Desk, live
from api.pages.followup.drafts import Draft, DraftError, draft_of, signed
from api.pages.followup.sheets import HEADERS, SCRIPT, STYLE, Card, Sheets, read_sheets
from api.pages.followup.standing import Standing
from api.pages.followup.thread import entries
from api.pages.followup.writing import Field, Preview, days_past, fields_of, given_in, preview, to_choose
from api.pages.letter.pdf import letter_pdf, square
from api.pages.sound import sound_response
from api.storage.households import CANCELLED, Case, ErasedCaseError, Link, Stored, UnknownCaseError
from api.storage.journal import Clock, SqlJournal, now
from bot.channels.web_page.requests import Form, RefusedError, read_form
from bot.followup.catalog import household_languages
from bot.followup.content import FREE, TEMPLATE, Content, HeldError
from bot.followup.errors import CatalogError
from bot.followup.letter import letter
from bot.followup.slots import SlotError
from bot.followup.templates import Template
from bot.journal import DuplicateEvent
from bot.translation.errors import TranslationError
from bot.translation.translator import MachineText
from bot.wording import SOURCE_LANGUAGE, wording
from rules.model import Territory

LONGEST_FREE = 1000
WAYS = (TELEGRAM, LINK, PRINT)
NOTICES = ("withdrawn", "too_late", "already", "sent")

Translate = Callable[[str, str, str], Awaitable[MachineText]]


class _Refused(Exception):
    """An address or a form that is not taken: an HTTP status, and the catalog message that says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def followup_page(
    desk: Desk,
    secret: str,
    public_url: str,
    territory: Callable[[str | None], Territory | None],
    *,
    translate: Translate | None = None,
    card: Card | None = None,
    standing: Standing | None = None,
    clock: Clock = now,
) -> list[Route]:
    """The page of a case. ``secret`` signs its addresses; ``translate``: (text, from, to); ``card``: a language's.

    ``standing``: what its page of dates and links shows.
    """
    sheets = read_sheets(secret, desk.store.recordings, card)
    page = _Page(desk, secret, public_url, territory, translate, clock, sheets, standing)
    address = VISITOR + "{token}"
    return [
        Route(address, page.show, methods=["GET"]),
        Route(address + "/dossier", page.stand, methods=["GET"]),
        Route(address + "/telegram", page.pair, methods=["POST"]),
        Route(address + "/ecrire", page.write, methods=["GET"]),
        Route(address + "/apercu", page.look, methods=["POST"]),
        Route(address + "/envoyer", page.send, methods=["POST"]),
        Route(address + "/annuler", page.withdraw, methods=["POST"]),
        Route(address + "/message/{message}", page.hand_over, methods=["GET"]),
        Route(address + "/message/{message}/carre.svg", page.code, methods=["GET"]),
        Route(address + "/message/{message}/lettre.pdf", page.print, methods=["GET"]),
        Route(address + "/son/{message}", page.play, methods=["GET"]),
        Route(STYLE, sheets.file, methods=["GET"]),
        Route(SCRIPT, sheets.file, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Page:
    desk: Desk
    secret: str
    public_url: str
    territory: Callable[[str | None], Territory | None]
    translate: Translate | None
    clock: Clock
    sheets: Sheets
    standing: Standing | None

    async def show(self, request: Request) -> Response:
        """The case: where it stands, what was said both ways, what can be written."""
        return await self._answered(request, self._show)

    async def stand(self, request: Request) -> Response:
        """The timeline, what is due and why, and what links a phone or an interview with the case."""
        return await self._answered(request, self._stand)

    async def pair(self, request: Request) -> Response:
        """An address of the bot for the household, with its square."""
        return await self._answered(request, self._pair)

    async def write(self, request: Request) -> Response:
        """The form of a template, or of a free text."""
        return await self._answered(request, self._write)

    async def look(self, request: Request) -> Response:
        """What was filled in, as it would leave; or the form again with what is wrong beside each field."""
        return await self._answered(request, self._look)

    async def send(self, request: Request) -> Response:
        """Send what was previewed, once."""
        return await self._answered(request, self._send)

    async def withdraw(self, request: Request) -> Response:
        """Cancel what has not left."""
        return await self._answered(request, self._withdraw)

    async def hand_over(self, request: Request) -> Response:
        """A message to hand over: its address to share, its square, its letter."""
        return await self._answered(request, self._hand_over)

    async def code(self, request: Request) -> Response:
        return await self._answered(request, self._code)

    async def print(self, request: Request) -> Response:
        return await self._answered(request, self._print)

    async def play(self, request: Request) -> Response:
        return await self._answered(request, self._play)

    async def _answered(self, request: Request, answer: Callable[[Request, Case], Awaitable[Response]]) -> Response:
        try:
            return await answer(request, await run_in_threadpool(self._case, request.path_params["token"]))
        except (_Refused, RefusedError) as refused:
            return self.sheets.pages.problem(refused.status, refused.message, SOURCE_LANGUAGE)

    def _case(self, token: str) -> Case:
        """The case of an address. Raises _Refused."""
        reference = case_of(token, self.secret)
        if reference is None:
            raise _Refused(404, "visitor.refused.unknown")
        try:
            with self.desk.store.households(self.desk.vault) as households:
                return households.case(reference)
        except UnknownCaseError:
            raise _Refused(404, "visitor.refused.unknown") from None
        except ErasedCaseError:
            raise _Refused(410, "visitor.refused.erased") from None

    async def _show(self, request: Request, case: Case) -> Response:
        thread = await run_in_threadpool(self._thread, case)
        said = entries(thread, self.territory(case.territory))
        notice = next((one for one in NOTICES if one in request.query_params), None)
        return self.sheets.page(case, "followup.html", entries=said, notice=notice, written=to_choose())

    async def _stand(self, _request: Request, case: Case) -> Response:
        if self.standing is None:
            raise _Refused(404, "visitor.refused.unknown")
        words, follow = wording(SOURCE_LANGUAGE), await self._invited(self.standing.follow(case))
        seen = await run_in_threadpool(self.standing.seen, case, self.clock(), words)
        return self.sheets.page(case, "standing.html", **seen, follow=follow)

    async def _pair(self, _request: Request, case: Case) -> Response:
        address = await self._invited(self.standing.pair(case, self.clock())) if self.standing else None
        if address is None:
            raise _Refused(404, "visitor.refused.no_bot")
        drawn = Markup(square(address))  # noqa: S704  (drawn here)
        return self.sheets.page(case, "pairing.html", address=address, drawn=drawn)

    async def _invited(self, invitation: Awaitable[str | None]) -> str | None:
        """An address of the bot, or None where it cannot be told now."""
        try:
            return await invitation
        except TelegramError:
            return None

    def _thread(self, case: Case) -> list[Stored]:
        with self.desk.store.households(self.desk.vault) as households:
            return households.thread(case.reference)

    async def _write(self, request: Request, case: Case) -> Response:
        wanted = request.query_params.get("modele", "")
        if not wanted:
            return self._free_form(case)
        template = _template(wanted)
        values = {name: str(value) for name, value in case.sender.slots(template.id).items()}
        return self._form(case, template, fields_of(template, values, wording(SOURCE_LANGUAGE)))

    async def _look(self, request: Request, case: Case) -> Response:
        form = await read_form(request)
        if "libre" in form:
            return await self._look_at_free(case, " ".join(_one(form, "libre").split(" ")).strip())
        template = _template(_one(form, "modele"))
        given = given_in(form, template)
        try:
            found = preview(Content(TEMPLATE, template.id, given), case, self.territory(case.territory))
        except SlotError as error:
            fields = fields_of(template, given, wording(SOURCE_LANGUAGE), error)
            return self._form(case, template, fields, status=422)
        return self._preview(case, found)

    async def _look_at_free(self, case: Case, text: str) -> Response:
        text = "\n".join(line.strip() for line in text.splitlines()).strip()
        if not text or len(text) > LONGEST_FREE:
            return self._free_form(case, text=text, error="long" if text else "empty")
        machine = None
        if case.language != SOURCE_LANGUAGE and case.language in household_languages() and self.translate is not None:
            try:
                machine = await self.translate(text, SOURCE_LANGUAGE, case.language)
            except TranslationError:
                return self._free_form(case, text=text, error="failed")
        content = Content(FREE, "", {"french": text, "translated": machine.text if machine else ""})
        found = preview(content, case, self.territory(case.territory))
        if machine is not None and machine.held:
            found = replace(found, how="held", ways=(), reasons=())
        return self._preview(case, found, machine=machine)

    async def _send(self, request: Request, case: Case) -> Response:
        form = await read_form(request)
        try:
            draft = draft_of(_one(form, "brouillon"), case.reference, self.secret)
        except DraftError:
            raise _Refused(422, "visitor.refused.draft") from None
        way = _one(form, "voie")
        if way not in WAYS:
            raise _Refused(422, "visitor.refused.draft")
        if draft.content.kind == FREE and draft.language != case.language:
            raise _Refused(409, "visitor.refused.language")
        try:
            sent = await run_in_threadpool(self._put, case, draft, way)
        except DuplicateEvent:
            return self._back(case, "already")
        except HeldError:
            return self._preview(case, preview(draft.content, case, self.territory(case.territory)))
        if way == TELEGRAM:
            return self._back(case, "sent")
        return RedirectResponse(f"{self._address(case)}/message/{sent.id}", 303, HEADERS)

    def _put(self, case: Case, draft: Draft, way: str) -> Stored:
        with self.desk.store.households(self.desk.vault) as households:
            SqlJournal(households.connection, self.clock).record("visitor", draft.event, {})
            return self.desk.send_in(households, households.case(case.reference), draft.content, channel=way)

    async def _withdraw(self, request: Request, case: Case) -> Response:
        wanted = _one(await read_form(request), "message")
        done = await run_in_threadpool(self._cancel, case, wanted)
        return self._back(case, "withdrawn" if done else "too_late")

    def _cancel(self, case: Case, wanted: str) -> bool:
        with self.desk.store.households(self.desk.vault) as households:
            message = next((one for one in households.thread(case.reference) if one.id == wanted), None)
            if message is None:
                raise _Refused(404, "visitor.refused.no_message")
            return households.withdraw(message)

    async def _hand_over(self, request: Request, case: Case) -> Response:
        message, link = await run_in_threadpool(self._handed, request, case)
        until = link.expires_at.date()
        address = household_address(link.token, self.public_url)
        return self.sheets.page(case, "message.html", message=message, address=address, until=until)

    async def _code(self, request: Request, case: Case) -> Response:
        _, link = await run_in_threadpool(self._handed, request, case)
        drawn = square(household_address(link.token, self.public_url))
        return Response(drawn, headers=HEADERS, media_type="image/svg+xml")

    async def _print(self, request: Request, case: Case) -> Response:
        message, link = await run_in_threadpool(self._handed, request, case)
        return await run_in_threadpool(self._letter, case, message, link)

    def _letter(self, case: Case, message: Stored, link: Link) -> Response:
        try:
            sheet = letter(
                Content.from_record(message.content),
                message.language,
                reference=case.reference,
                link=household_address(link.token, self.public_url),
                until=link.expires_at.date(),
                telephone=case.sender.telephone,
                territory=self.territory(case.territory),
            )
        except (HeldError, SlotError, CatalogError):
            raise _Refused(409, "visitor.refused.letter") from None
        pdf = letter_pdf(sheet, self.clock().date())
        name = f"lettre-{case.reference}-{message.number}.pdf"
        headers = {**HEADERS, "Content-Disposition": f'inline; filename="{name}"'}
        return Response(pdf, headers=headers, media_type="application/pdf")

    def _handed(self, request: Request, case: Case) -> tuple[Stored, Link]:
        """A message of this case that has a page of its own, still open. Raises _Refused."""
        wanted = request.path_params["message"]
        with self.desk.store.households(self.desk.vault) as households:
            message = next((one for one in households.thread(case.reference) if one.id == wanted), None)
            link = households.link_of(message) if message else None
        if message is None or link is None or message.state == CANCELLED or not live(link, self.clock):
            raise _Refused(404, "visitor.refused.no_message")
        return message, link

    async def _play(self, request: Request, case: Case) -> Response:
        found = await run_in_threadpool(self._sound, case, request.path_params["message"])
        return Response(status_code=404, headers=HEADERS) if found is None else sound_response(request, *found, HEADERS)

    def _sound(self, case: Case, wanted: str) -> tuple[str, bytes] | None:
        with self.desk.store.households(self.desk.vault) as households:
            try:
                message = households.message(wanted)
            except LookupError:
                return None
            return households.sound(wanted) if message.case == case.reference else None

    def _form(self, case: Case, template: Template, fields: tuple[Field, ...], *, status: int = 200) -> Response:
        return self.sheets.page(case, "write.html", status, template=template, fields=fields)

    def _free_form(self, case: Case, *, text: str = "", error: str = "") -> Response:
        status = 422 if error else 200
        return self.sheets.page(case, "free.html", status, text=text, error=error, longest=LONGEST_FREE)

    def _preview(self, case: Case, found: Preview, *, machine: MachineText | None = None) -> Response:
        draft = Draft(case.reference, case.language, secrets.token_urlsafe(16), found.content)
        return self.sheets.page(
            case,
            "preview.html",
            409 if found.how == "held" else 200,
            found=found,
            machine=machine,
            draft=signed(draft, self.secret) if found.ways else "",
            past=days_past(found.content, self.clock().date()) if found.how != "held" else False,
        )

    def _back(self, case: Case, notice: str) -> Response:
        return RedirectResponse(f"{self._address(case)}?{notice}=1#now", 303, HEADERS)

    def _address(self, case: Case) -> str:
        return followup_address(case.reference, self.secret, "")


def _one(form: Form, name: str) -> str:
    return form.get(name, ("",))[-1]


def _template(wanted: str) -> Template:
    """A template that a visitor may send. Raises _Refused."""
    found = next((one for one in to_choose() if wanted in (one.id, one.number)), None)
    if found is None:
        raise _Refused(404, "visitor.refused.template")
    return found
