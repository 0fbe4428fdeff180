"""/menages/messages: the messages in every language, what they say, who read them, and inviting a reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.access.gate import Signed
from api.pages.casework.coverage import (
    STATES,
    heard_of,
    lines_of,
    other_parts,
    policy_of,
    rows_of,
    translated,
)
from api.pages.casework.room import TEXTS, NotHereError, Room, seen_again, territory_of, words_of
from api.reading_links import PATH, invitations, sign
from api.signing import record_signed, signed_record
from api.storage.audit import note
from api.storage.store import Store
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS
from bot.channels.web_page.sound_response import sound_response
from bot.followup.catalog import catalog, language_name
from bot.followup.content import alone
from bot.followup.departure import may_leave
from bot.followup.message import Message, render
from bot.followup.templates import Template, templates
from bot.translation.card import voice_line
from bot.wording import SOURCE_LANGUAGE

DAYS, LONGEST_DAYS, LONGEST_ROLE = 30, 365, 60
PURPOSE = b"inviter "
HEADERS = {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is invited to read: nothing where the form is not filled; ``wrong``: the field that is not fit."""

    links: tuple[tuple[str, str], ...] = ()
    incomplete: tuple[str, ...] = ()
    reader: str = ""
    until: date | None = None
    wrong: str = ""


@dataclass(frozen=True)
class TextPages:
    """``store`` has the recordings and the readings."""

    room: Room
    store: Store

    async def show(self, request: Request, signed: Signed) -> Response:
        """Every message in every language, and what the territory decided."""
        return await run_in_threadpool(self._show, request, signed)

    async def language(self, request: Request, signed: Signed) -> Response:
        """One language: its messages, what readers said, inviting one."""
        return await run_in_threadpool(self._language, request, signed)

    async def message(self, request: Request, signed: Signed) -> Response:
        """One message in French and in a language, with example values."""
        return await run_in_threadpool(self._message, request, signed)

    async def invite(self, request: Request, signed: Signed) -> Response:
        """Links for a native reader: of one message, or of all that is left to read."""
        return await run_in_threadpool(self._invite, request, signed)

    async def play(self, request: Request, signed: Signed) -> Response:
        """A recording of the territory."""
        try:
            language, template = self._named(request)
        except NotHereError:
            return self.room.unknown(signed)
        found = await run_in_threadpool(self.store.recordings.sound, territory_of(signed), template.id, language)
        return self.room.unknown(signed) if found is None else sound_response(request, *found, HEADERS)

    def _show(self, request: Request, signed: Signed) -> Response:
        there = self.room.territories(territory_of(signed))
        table = {code: lines_of(code, there, self._recorded(signed, code)) for code in translated()}
        return self.room.page(
            signed,
            request,
            "texts.html",
            rows=rows_of(table),
            table=table,
            templates=tuple(templates()),
            states=STATES,
            policy=policy_of(there),
            texts=TEXTS,
        )

    def _language(self, request: Request, signed: Signed, asked: Asked | None = None) -> Response:
        code = request.path_params["language"]
        if code not in translated():
            return self.room.unknown(signed)
        there = self.room.territories(territory_of(signed))
        return self.room.page(
            signed,
            request,
            "language.html",
            422 if asked and asked.wrong else 200,
            code=code,
            name=language_name(code),
            voice=voice_line(code, self.room.voices()),
            lines=lines_of(code, there, self._recorded(signed, code)),
            others=list(other_parts(code)),
            heard=heard_of(self.store.readings.last(), code),
            asked=asked or self._asked(request, code),
            here=f"{TEXTS}/{code}",
            days=DAYS,
            part_name=self._part_name(signed),
        )

    def _message(self, request: Request, signed: Signed, asked: Asked | None = None) -> Response:
        try:
            code, template = self._named(request)
        except NotHereError:
            return self.room.unknown(signed)
        there = self.room.territories(territory_of(signed))
        values = {name: slot.example for name, slot in template.slots.items()}
        departure = may_leave(template, code, there)
        return self.room.page(
            signed,
            request,
            "text.html",
            422 if asked and asked.wrong else 200,
            code=code,
            name=language_name(code),
            chosen=template,
            departure=departure,
            french=render(template, values, SOURCE_LANGUAGE),
            said=self._rendered(template, values, code, departure.state),
            recorded=template.id in self._recorded(signed, code),
            heard=heard_of(self.store.readings.last(), code, template.id),
            asked=asked or self._asked(request, code, template.id),
            here=f"{TEXTS}/{code}/{template.id}",
            alone=alone,
            texts=TEXTS,
            others=translated(),
            days=DAYS,
            part_name=self._part_name(signed),
        )

    def _rendered(self, template: Template, values: Mapping[str, object], code: str, state: str) -> Message | None:
        """The message in a language; None where words are missing."""
        return None if state == "missing" else render(template, values, code, catalog(code))

    def _invite(self, request: Request, signed: Signed) -> Response:
        part = request.path_params.get("template")
        try:
            code = self._named(request)[0] if part else request.path_params["language"]
        except NotHereError:
            return self.room.unknown(signed)
        if code not in translated():
            return self.room.unknown(signed)
        reader, days = " ".join(signed.said("relecteur").split()), signed.said("jours")
        wrong = _wrong(reader, days)
        if wrong:
            asked = Asked(reader=reader, wrong=wrong)
            return self._message(request, signed, asked) if part else self._language(request, signed, asked)
        until = self._today() + timedelta(days=int(days))
        record = {"language": code, "part": part, "reader": reader, "until": until.isoformat()}
        with self.store.engine.begin() as connection:
            details = {"part": part or "all", "until": until.isoformat()}
            note(connection, signed.account, "reading.invited", "language", code, self.room.clock(), details)
        token = signed_record(record, PURPOSE, self.room.secret)
        return seen_again(f"{request.url.path.removesuffix('/inviter')}?invitation={token}#inviter")

    def _asked(self, request: Request, code: str, part: str | None = None) -> Asked:
        """The links of the invitation that was just made, if the address says one of ours."""
        given = record_signed(request.query_params.get("invitation", ""), PURPOSE, self.room.secret)
        if given is None or (given["language"], given["part"]) != (code, part):
            return Asked()
        reader, until = given["reader"], date.fromisoformat(given["until"])
        made = list(invitations(code, [part] if part else (), reader, until))
        links = tuple(
            (name, self.room.public_url.rstrip("/") + PATH + sign(one, self.room.secret)) for name, one in made if one
        )
        return Asked(links, tuple(name for name, one in made if one is None), reader, until)

    def _named(self, request: Request) -> tuple[str, Template]:
        """The language and the message of an address. Raises NotHereError."""
        code, wanted = request.path_params["language"], request.path_params["template"]
        if code not in translated() or wanted not in templates().by_id:
            raise NotHereError
        return code, templates()[wanted]

    def _recorded(self, signed: Signed, code: str) -> frozenset[str]:
        return self.store.recordings.templates(territory_of(signed), code)

    def _part_name(self, signed: Signed) -> Callable[[str], str]:
        """What a part of a catalog is called."""
        words = words_of(signed)

        def name(part: str) -> str:
            if part in templates().by_id:
                return words(f"visitor.template.{part}")
            family, _, one = part.partition(": ")
            if family == "choices":
                return words("casework.part.choices", name=words(f"casework.choices.{one}"))
            if family == "question":
                return words("casework.part.question", name=words(f"fact.{one}"))
            return words(f"casework.part.{part}")

        return name

    def _today(self) -> date:
        return self.room.clock().astimezone(self.room.planning().values.timezone).date()


def _wrong(reader: str, days: str) -> str:
    """Which field of an invitation is not fit, or nothing."""
    if not reader or len(reader) > LONGEST_ROLE or not reader.isprintable():
        return "reader"
    fit = days.isascii() and days.isdecimal() and 1 <= int(days) <= LONGEST_DAYS
    return "" if fit else "days"
