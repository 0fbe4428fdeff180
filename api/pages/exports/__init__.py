"""/exports: what was asked, to take away as a table, with its data dictionary; /exports/cles: programs that read."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from babel.numbers import format_decimal
from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import ADMINISTRATOR, ROLES
from api.exports.columns import DOCTRINES, HEAD, QUESTIONS, VIGNETTES, dictionary
from api.exports.tables import export_of, sizes
from api.exports.workbook import UnmadeError, write_apart
from api.logbook import csv_lines
from api.pages.desk import DeskPages
from api.pages.exports.keys import KeyPages
from api.pages.when import beginning, day_given
from api.storage.api_keys import ApiKeys
from api.storage.exporting import Chosen
from api.storage.reviews import STATES
from api.storage.store import Store
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.messages import Text
from bot.wording import Wording, wording

HERE = Path(__file__).resolve().parent
ADDRESS = "/exports"
TABLES = (QUESTIONS, DOCTRINES, VIGNETTES)
CHUNK = 64 * 1024  # characters sent at once
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTES_A_ROW = 210  # of a question as CSV: benchmarks/exports.py
ROWS_A_SECOND = 2900  # of a question into a workbook: benchmarks/exports.py


def exports_pages(gate: Gate, desk: DeskPages, store: Store, keys: ApiKeys) -> list[Route]:
    """The pages, and the tables as files."""
    environment = desk.beside(HERE)
    page = _Page(gate, desk, environment, store)
    made = KeyPages(gate, desk, environment, keys)
    one = ADDRESS + "/{table}"
    return [
        gate.route(ADDRESS, page.show, *ROLES),
        gate.route(ADDRESS + "/cles", made.show, ADMINISTRATOR),
        gate.route(ADDRESS + "/cles", made.make, ADMINISTRATOR, method="POST"),
        gate.route(ADDRESS + "/cles/{number:int}/fin", made.ask_end, ADMINISTRATOR),
        gate.route(ADDRESS + "/cles/{number:int}/fin", made.end, ADMINISTRATOR, method="POST"),
        gate.route(one + ".csv", page.csv, *ROLES),
        gate.route(one + ".xlsx", page.xlsx, *ROLES),
        gate.route(one + "/dictionnaire.csv", page.dictionary, *ROLES),
    ]


class _WrongChoiceError(ValueError):
    """A filter that cannot be used; ``said`` tells which and what to do."""

    def __init__(self, message: str, value: str = "") -> None:
        self.said = Text(message, {"value": value} if value else {})


@dataclass
class _Page:
    gate: Gate
    desk: DeskPages
    environment: Environment
    store: Store
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def show(self, request: Request, signed: Signed) -> Response:
        """The filters, how much they choose, and the tables."""
        wrong, chosen = None, Chosen(territory=signed.account.territory)
        try:
            chosen = _chosen(request, signed)
        except _WrongChoiceError as error:
            wrong = error.said
        found = await run_in_threadpool(sizes, self.store.engine, chosen)
        words = wording(signed.account.language)
        return self.desk.page(
            self.environment,
            "exports.html",
            signed,
            request,
            422 if wrong else 200,
            wrong=wrong,
            given=request.query_params,
            counts=found,
            size=_size(found[QUESTIONS] * BYTES_A_ROW, words),
            seconds=max(2, found[QUESTIONS] // ROWS_A_SECOND),
            states=STATES,
            others=(DOCTRINES, VIGNETTES),
            dictionary_head=HEAD,
            dictionary=[(table, list(dictionary(table, words))) for table in TABLES],
            manages=signed.account.role == ADMINISTRATOR,
        )

    async def csv(self, request: Request, signed: Signed) -> Response:
        """The whole table, line by line."""
        table = request.path_params["table"]
        if table not in TABLES:
            return self._unknown(signed)
        try:
            chosen = _chosen(request, signed)
        except _WrongChoiceError:
            return await self.show(request, signed)
        export = export_of(table, self.store.engine, chosen)
        how = _excel(request)
        lines = csv_lines(export.head, export.rows(), **how)
        return StreamingResponse(
            _chunks(lines), headers=_attached(f"{table}.csv"), media_type="text/csv; charset=utf-8"
        )

    async def xlsx(self, request: Request, signed: Signed) -> Response:
        """The whole table as a workbook, made in a file and then sent; one at a time."""
        table = request.path_params["table"]
        if table not in TABLES:
            return self._unknown(signed)
        try:
            chosen = _chosen(request, signed)
        except _WrongChoiceError:
            return await self.show(request, signed)
        if self._making.locked():
            return self.desk.pages.problem(429, "exports.refused.busy", signed.account.language)
        async with self._making:
            return await self._workbook(table, chosen, signed)

    async def _workbook(self, table: str, chosen: Chosen, signed: Signed) -> Response:
        folder = tempfile.TemporaryDirectory(prefix="aiguillage-export-")
        file, url = Path(folder.name) / f"{table}.xlsx", self.store.engine.url.render_as_string(hide_password=False)
        try:
            await run_in_threadpool(write_apart, url, table, chosen, signed.account.language, file)
        except UnmadeError:
            folder.cleanup()
            return self.desk.pages.problem(500, "exports.refused.failed", signed.account.language)
        headers = _attached(f"{table}.xlsx")
        return FileResponse(file, headers=headers, media_type=WORKBOOK, background=BackgroundTask(folder.cleanup))

    async def dictionary(self, request: Request, signed: Signed) -> Response:
        table = request.path_params["table"]
        if table not in TABLES:
            return self._unknown(signed)
        words = wording(signed.account.language)
        head = [words(f"exports.dictionary.{name}") for name in HEAD]
        lines = csv_lines(head, dictionary(table, words), **_excel(request))
        name = f"{table}-{words('exports.sheet.dictionary')}.csv"
        return Response("".join(lines), headers=_attached(name), media_type="text/csv; charset=utf-8")

    def _unknown(self, signed: Signed) -> Response:
        return self.desk.pages.problem(404, "desk.refused.unknown", signed.account.language)


def _chosen(request: Request, signed: Signed) -> Chosen:
    """What the address chooses, of what is theirs to see. Raises _WrongChoiceError."""
    given = request.query_params
    since, until = _day(given.get("depuis", "")), _day(given.get("jusqu", ""))
    if since and until and since > until:
        raise _WrongChoiceError("exports.refused.order")
    state = given.get("etat", "") or None
    if state is not None and state not in STATES:
        raise _WrongChoiceError("exports.refused.value", state[:40])
    return Chosen(
        territory=signed.account.territory,
        since=beginning(since),
        until=beginning(until + timedelta(days=1)) if until else None,
        state=state,
    )


def _day(text: str) -> date | None:
    day = day_given(text)
    if text and day is None:
        raise _WrongChoiceError("exports.refused.day", text[:40])
    return day


def _excel(request: Request) -> Mapping[str, object]:
    wanted = request.query_params.get("excel") == "oui"
    return {"bom": wanted, "delimiter": ";" if wanted else ","}


def _chunks(lines: Iterable[str]) -> Iterator[str]:
    kept: list[str] = []
    length = 0
    for line in lines:
        kept.append(line)
        length += len(line)
        if length >= CHUNK:
            yield "".join(kept)
            kept, length = [], 0
    yield "".join(kept)


def _attached(name: str) -> Mapping[str, str]:
    return {
        **SECURITY_HEADERS,
        "Content-Disposition": f'attachment; filename="aiguillage-{name}"',
        "Cache-Control": "no-store",
    }


def _size(count: int, words: Wording) -> str:
    """As people say it: « 12 ko », « 3,4 Mo »."""
    if count < 1_000_000:
        return words("exports.kilobytes", size=max(1, count // 1000))
    return words("exports.megabytes", size=format_decimal(count / 1_000_000, "0.#", locale=words.locale))
