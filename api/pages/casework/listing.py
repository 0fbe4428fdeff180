"""GET /menages: the cases of a territory, and a new one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.access.gate import Signed
from api.households.opening import SENDER, case_language, sender_of, sender_slots
from api.pages.casework.room import HOME, Room, seen_again, territory_of, words_of
from api.pages.plain_text import plain_text
from api.slot_faults import slot_line
from api.storage.audit import note
from api.storage.case_lists import STATES, Wanted
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.followup import relay
from bot.followup.relay import Sender
from bot.followup.slots import SlotError, SlotFault
from bot.wording import Wording

CONSENTS = (relay.UNASKED, relay.GIVEN, relay.REFUSED, relay.STOPPED)
WEEK = timedelta(days=7)
WHOLE = re.compile(r"M-\w{4}-\w{4}", re.ASCII)
OTHER = "autre"  # a language that is not in the list, by its code


@dataclass(frozen=True)
class Listing:
    """The list, its filters, and opening a case."""

    room: Room

    async def show(self, request: Request, signed: Signed) -> Response:
        """A page of cases; a whole reference leads to its case."""
        return await run_in_threadpool(self._show, request, signed)

    async def write(self, request: Request, signed: Signed) -> Response:
        """The form of a new case."""
        return await run_in_threadpool(self._form, request, signed, {}, {})

    async def open(self, request: Request, signed: Signed) -> Response:
        """Open a case, as the command does; then its page, with the visitor's link to hand over."""
        return await run_in_threadpool(self._open, request, signed)

    def _show(self, request: Request, signed: Signed) -> Response:
        asked = {name: plain_text(value) for name, value in request.query_params.items()}
        territory, given = territory_of(signed), kept_reference(asked.get("reference", ""))
        if WHOLE.fullmatch(given) and self.room.lists.case_of(given, territory) is not None:
            return _led(request, f"{HOME}/{given}")
        moment = self.room.clock()
        state = asked.get("etat", "")
        wanted = Wanted(
            territory,
            state=state if state in STATES else STATES[0],
            reference=given,
            language=asked.get("langue") or None,
            consent=asked.get("accord") if asked.get("accord") in CONSENTS else None,
            due_by=moment + WEEK if asked.get("semaine") else None,
            waiting=bool(asked.get("attente")),
            urgent=bool(asked.get("urgent")),
        )
        lines, after = self.room.lists.page(wanted, asked.get("apres", ""))
        filters = {name: value for name, value in asked.items() if name != "apres" and value}
        return self.room.page(
            signed,
            request,
            "cases.html",
            lines=lines,
            wanted=wanted,
            given=given,
            filtered=bool(filters),
            soon=moment + WEEK,
            now=moment,
            states=STATES,
            consents=CONSENTS,
            spoken=self.room.lists.languages(territory),
            later=None if after is None else f"{HOME}?{urlencode({**filters, 'apres': after})}",
            first=f"{HOME}?{urlencode(filters)}" if asked.get("apres") else None,
        )

    def _form(
        self, request: Request, signed: Signed, given: dict[str, str], faults: dict[str, str], status: int = 200
    ) -> Response:
        examples = {name: slot.example for name, slot in sender_slots().items()}
        return self.room.page(
            signed, request, "new_case.html", status, given=given, faults=faults, fields=SENDER, examples=examples
        )

    def _open(self, request: Request, signed: Signed) -> Response:
        given = {name: signed.said(name) for name in (*SENDER, "langue", "code")}
        words, faults = words_of(signed), {}
        chosen = given["code"] if given["langue"] == OTHER else given["langue"]
        language = case_language(chosen) if chosen else None
        if language is None:
            faults["langue"] = (
                words("casework.new.no_language", lang=chosen) if chosen else words("visitor.slot.missing")
            )
        try:
            sender = sender_of(given)
        except SlotError as error:
            faults |= {fault.slot: _said(fault, words) for fault in error.faults}
        if faults or language is None:
            return self._form(request, signed, given, faults, 422)
        return seen_again(f"{HOME}/{self._opened(signed, language, sender)}?fait=opened")

    def _opened(self, signed: Signed, language: str, sender: Sender) -> str:
        desk, account = self.room.planning().desk, signed.account
        with desk.store.households(desk.vault) as households:
            case = households.open_case(language, sender, account.territory)
            note(households.connection, account, "case.opened", "case", case.reference, self.room.clock())
            return case.reference


def _said(fault: SlotFault, words: Wording) -> str:
    return words("visitor.slot.missing") if fault.code == "missing" else slot_line(fault, words)


def _led(request: Request, address: str) -> Response:
    """Another page, also for a request that htmx made for a part of this one."""
    if request.headers.get("hx-request"):
        return Response(headers={**SECURITY_HEADERS, "HX-Redirect": address})
    return seen_again(address)


def kept_reference(given: str) -> str:
    """What somebody typed of a reference, as references are written: « mabcd efgh » is M-ABCD-EFGH."""
    typed = re.sub(r"[\s-]", "", given.upper())
    prefixed = given.upper().strip().startswith("M-") or (len(typed) == 9 and typed.startswith("M"))
    drawn = typed[1:] if prefixed else typed
    if not drawn:
        return ""
    if not drawn.isalnum() or not drawn.isascii():
        return given.strip().upper()[:20]
    return f"M-{drawn[:4]}" + (f"-{drawn[4:12]}" if len(drawn) > 4 else "")
