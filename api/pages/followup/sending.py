"""Writing to a household: the forms, what they would send, and sending it once."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.households.desk import HANDED
from api.pages.followup.cases import Cases, NotTakenError, message_of
from api.pages.followup.drafts import Draft, signed
from api.pages.followup.hearing import Hearing
from api.pages.followup.sheets import HEADERS
from api.pages.followup.writing import Field, Preview, days_past, fields_of, given_in, preview, to_choose
from api.pages.plain_text import plain_text
from api.storage.households import Case, Stored
from api.storage.journal import Clock, SqlJournal
from bot.channels.web_page.requests import Form, read_form
from bot.followup.catalog import household_languages
from bot.followup.content import FREE, TEMPLATE, Content, HeldError
from bot.followup.slots import SlotError
from bot.followup.templates import Template
from bot.journal import DuplicateEvent
from bot.translation.errors import TranslationError
from bot.translation.translator import MachineText
from bot.wording import SOURCE_LANGUAGE, wording
from rules.model import Territory

LONGEST_FREE = 1000
AGAIN = "corriger"  # the form again, as it was filled

Translate = Callable[[str, str, str, Sequence[str]], Awaitable[MachineText]]


@dataclass(frozen=True)
class Sending:
    """``translate``: (text, from, to, names that stay as they are)."""

    cases: Cases
    territory: Callable[[str | None], Territory | None]
    translate: Translate | None
    hearing: Hearing
    clock: Clock

    async def write(self, request: Request) -> Response:
        """The form of a template, or of a free text."""
        return await self.cases.answered(request, self._write)

    async def look(self, request: Request) -> Response:
        """What was filled in, as it would leave; or the form again with what is wrong beside each field."""
        return await self.cases.answered(request, self._look)

    async def send(self, request: Request) -> Response:
        """Send what was previewed, once."""
        return await self.cases.answered(request, self._send)

    async def withdraw(self, request: Request) -> Response:
        """Cancel what has not left."""
        return await self.cases.answered(request, self._withdraw)

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
            text = plain_text(_one(form, "libre"))
            return self._free_form(case, text=text) if AGAIN in form else await self._look_at_free(case, text)
        template = _template(_one(form, "modele"))
        given = given_in(form, template)
        if AGAIN in form:
            return self._form(case, template, fields_of(template, given, wording(SOURCE_LANGUAGE)))
        try:
            found = preview(Content(TEMPLATE, template.id, given), case, self.territory(case.territory))
        except SlotError as error:
            fields = fields_of(template, given, wording(SOURCE_LANGUAGE), error)
            return self._form(case, template, fields, status=422)
        written = tuple((name, value) for name, values in form.items() for value in values)
        return self._preview(case, found, written=written)

    async def _look_at_free(self, case: Case, text: str) -> Response:
        if not text or len(text) > LONGEST_FREE:
            return self._free_form(case, text=text, error="long" if text else "empty")
        machine, names = None, (case.sender.prenom, case.sender.structure)
        if case.language != SOURCE_LANGUAGE and case.language in household_languages() and self.translate is not None:
            try:
                machine = await self.translate(text, SOURCE_LANGUAGE, case.language, names)
            except TranslationError:
                return self._free_form(case, text=text, error="failed")
        content = Content(FREE, "", {"french": text, "translated": machine.text if machine else ""})
        found = preview(content, case, self.territory(case.territory))
        if machine is not None and machine.held:
            found = replace(found, how="held", ways=(), reasons=())
        return self._preview(case, found, machine=machine, written=(("libre", text),))

    async def _send(self, request: Request, case: Case) -> Response:
        form = await read_form(request)
        draft = self.cases.draft(form, case)
        way = _one(form, "voie")
        if way not in (case.channel, *HANDED):
            raise NotTakenError(422, "visitor.refused.draft")
        if draft.content.kind == FREE and draft.language != case.language:
            raise NotTakenError(409, "visitor.refused.language")
        try:
            sent = await run_in_threadpool(self._put, case, draft, way)
        except DuplicateEvent:
            return self._back(case, "already")
        except HeldError:
            return self._preview(case, preview(draft.content, case, self.territory(case.territory)))
        if way not in HANDED:
            return self._back(case, "sent")
        return RedirectResponse(f"{self.cases.address(case)}/message/{sent.id}", 303, HEADERS)

    def _put(self, case: Case, draft: Draft, way: str) -> Stored:
        with self.cases.desk.store.households(self.cases.desk.vault) as households:
            SqlJournal(households.connection, self.clock).record("visitor", draft.event, {})
            return self.cases.desk.send_in(households, households.case(case.reference), draft.content, channel=way)

    async def _withdraw(self, request: Request, case: Case) -> Response:
        wanted = _one(await read_form(request), "message")
        done = await run_in_threadpool(self._cancel, case, wanted)
        return self._back(case, "withdrawn" if done else "too_late")

    def _cancel(self, case: Case, wanted: str) -> bool:
        with self.cases.desk.store.households(self.cases.desk.vault) as households:
            return households.withdraw(message_of(households, case, wanted))

    def _form(self, case: Case, template: Template, fields: tuple[Field, ...], *, status: int = 200) -> Response:
        return self.cases.sheets.page(case, "write.html", status, template=template, fields=fields)

    def _free_form(self, case: Case, *, text: str = "", error: str = "") -> Response:
        status = 422 if error else 200
        return self.cases.sheets.page(case, "free.html", status, text=text, error=error, longest=LONGEST_FREE)

    def _preview(
        self,
        case: Case,
        found: Preview,
        *,
        machine: MachineText | None = None,
        written: tuple[tuple[str, str], ...] = (),
    ) -> Response:
        draft = Draft(case.reference, case.language, secrets.token_urlsafe(16), found.content)
        return self.cases.sheets.page(
            case,
            "preview.html",
            409 if found.how == "held" else 200,
            found=found,
            machine=machine,
            heard=self.hearing.offered(case, found),
            written=written,
            again=AGAIN,
            draft=signed(draft, self.cases.secret) if found.ways else "",
            past=days_past(found.content, self.clock().date()) if found.how != "held" else False,
        )

    def _back(self, case: Case, notice: str) -> Response:
        return RedirectResponse(f"{self.cases.address(case)}?{notice}=1#now", 303, HEADERS)


def _one(form: Form, name: str) -> str:
    return form.get(name, ("",))[-1]


def _template(wanted: str) -> Template:
    """A template that a visitor may send. Raises NotTakenError."""
    found = next((one for one in to_choose() if wanted in (one.id, one.number)), None)
    if found is None:
        raise NotTakenError(404, "visitor.refused.template")
    return found
