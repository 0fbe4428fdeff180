"""/cler: the questions that the text leaves open, as they occurred, and the same as a document to send."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import NATIONAL, ROLES
from api.pages.cler.documents import Sheet, docx, pdf
from api.pages.cler.words import chapters
from api.pages.desk import DeskPages
from api.review.open_questions import open_questions, territories_asking
from api.storage.open_questions import Span
from api.storage.store import Store
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS
from bot.wording import Wording, wording
from rules.compile import CompiledRuleset
from rules.model import Territory

HERE = Path(__file__).resolve().parent
PARIS = ZoneInfo("Europe/Paris")
WRITERS = {
    "pdf": (pdf, "application/pdf"),
    "docx": (docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
Territories = Callable[[str | None], Territory | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks for: days of Paris, both included; ``territory``: the national reader's choice."""

    territory: str | None
    first: date | None
    last: date | None

    def query(self, *, national: bool) -> str:
        """The part of an address that asks for the same."""
        said = {"territoire": self.territory if national else None, "du": self.first, "au": self.last}
        given = urlencode({name: str(value) for name, value in said.items() if value})
        return f"?{given}" if given else ""

    @property
    def span(self) -> Span:
        return Span(self.territory, _begin(self.first), _begin(self.last + timedelta(days=1)) if self.last else None)


def cler_pages(
    gate: Gate,
    desk: DeskPages,
    store: Store,
    compiled: Callable[[], CompiledRuleset],
    territory: Territories,
    today: Callable[[], date],
) -> list[Route]:
    """The page and its documents."""
    page = _Page(desk, desk.beside(HERE), store, compiled, territory, today)
    return [
        gate.route("/cler", page.show, *ROLES),
        gate.route("/cler.pdf", page.send, *ROLES),
        gate.route("/cler.docx", page.send, *ROLES),
    ]


def sheet(store: Store, compiled: CompiledRuleset, asked: Asked, name: str | None, words: Wording, made: date) -> Sheet:
    """The open questions in words, with what they are of: ``name`` of the territory, None for all."""
    groups = open_questions(store, compiled.ruleset, asked.span)
    return Sheet(_scope(asked, name, words, made), chapters(groups, compiled.ruleset, words), made, words)


@dataclass(frozen=True)
class _Page:
    desk: DeskPages
    environment: Environment
    store: Store
    compiled: Callable[[], CompiledRuleset]
    territory: Territories
    today: Callable[[], date]

    async def show(self, request: Request, signed: Signed) -> Response:
        asked = _asked(request, signed)
        national = signed.account.role == NATIONAL
        found = await run_in_threadpool(self._sheet, asked, signed)
        places = await run_in_threadpool(territories_asking, self.store) if national else []
        return self.desk.page(
            self.environment,
            "cler.html",
            signed,
            request,
            sheet=found,
            asked=asked,
            national=national,
            places=[(place, self._name(place)) for place in places],
            query=asked.query(national=national),
        )

    async def send(self, request: Request, signed: Signed) -> Response:
        ending = request.url.path.rpartition(".")[2]
        write, media = WRITERS[ending]
        found = await run_in_threadpool(self._sheet, _asked(request, signed), signed)
        written = await run_in_threadpool(write, found)
        name = f"questions-ouvertes-{self.today().isoformat()}.{ending}"
        kept = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(written, headers={**SECURITY_HEADERS, **PRIVATE_ADDRESS, **kept}, media_type=media)

    def _sheet(self, asked: Asked, signed: Signed) -> Sheet:
        name = self._name(asked.territory) if asked.territory else None
        words = wording(signed.account.language)
        return sheet(self.store, self.compiled(), asked, name, words, self.today())

    def _name(self, territory: str) -> str:
        known = self.territory(territory)
        return known.name if known else territory


def _asked(request: Request, signed: Signed) -> Asked:
    """What the address says; another territory than one's own is the national reader's alone."""
    given = request.query_params
    territory = signed.account.territory or given.get("territoire") or None
    return Asked(territory, _day(given.get("du", "")), _day(given.get("au", "")))


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", given, re.ASCII) else None
    except ValueError:
        return None


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), PARIS).astimezone(UTC) if day else None


def _scope(asked: Asked, name: str | None, words: Wording, made: date) -> str:
    def written(day: date) -> str:
        return format_date(day, "long", words.locale)

    where = words("cler.scope.territory", territory=name) if name else words("cler.scope.all")
    first = words("cler.scope.since", day=written(asked.first)) if asked.first else ""
    last = words("cler.scope.until", day=written(asked.last or made))
    return " ".join(part for part in (where, first, last) if part)
