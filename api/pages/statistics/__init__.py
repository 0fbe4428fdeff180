"""GET /chiffres: what was asked, what became of it, where visitors disagree; each figure drawn, in a table, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import NATIONAL, ROLES
from api.deciding import Decider
from api.figuring import Figures
from api.logbook import BOM, harmless
from api.pages.desk import DeskPages
from api.pages.statistics import figures as drawn
from api.pages.statistics.figures import Figure, period_name
from api.review.vignettes import judged_vignettes
from api.statistics.agreement import disagreement_of_rules
from api.statistics.period import PRESETS, USUAL, Period, PeriodError, read_period
from api.storage import statistics
from api.storage.question_days import local_day
from api.storage.store import Store
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.wording import Wording, wording

PATH = "/chiffres"
HERE = Path(__file__).resolve().parent


def statistics_page(
    gate: Gate, desk: DeskPages, store: Store, decider: Callable[[], Decider], now: Callable[[], datetime]
) -> list[Route]:
    """The page, its style, and a CSV a figure."""
    css = (HERE / "statistics.css").read_bytes()
    page = _Page(desk, desk.beside(HERE), store, decider, now, css)
    return [
        gate.route(PATH, page.show, *ROLES),
        gate.route(PATH + "/{name}.csv", page.table, *ROLES),
        Route(PATH + "/statistics.css", page.style, methods=["GET"]),
    ]


@dataclass(frozen=True)
class Asked:
    """What the address asks for. ``territory``: None for all; ``error``: a catalog message."""

    period: Period
    territory: str | None
    preset: str
    error: str | None = None


@dataclass(frozen=True)
class _Page:
    desk: DeskPages
    environment: Environment
    store: Store
    decider: Callable[[], Decider]
    now: Callable[[], datetime]
    css: bytes

    async def show(self, request: Request, signed: Signed) -> Response:
        """Every figure of the period; a period that cannot be is refused in words, above those of the usual one."""
        asked, words = self.asked(request, signed), wording(signed.account.language)
        found = await run_in_threadpool(self.figures, asked, words)
        shares = await run_in_threadpool(self.shares, asked, words)
        known = await run_in_threadpool(self.territories) if signed.account.role == NATIONAL else []
        query = {"du": asked.period.first.isoformat(), "au": asked.period.last.isoformat()}
        return self.desk.page(
            self.environment,
            "statistics.html",
            signed,
            request,
            422 if asked.error else 200,
            figures=found,
            number=lambda value: drawn.said(value, words),
            shares=shares,
            asked=asked,
            period=period_name(asked.period, words),
            presets=tuple(PRESETS),
            territories=known,
            query=query | ({"territoire": asked.territory} if known and asked.territory else {}),
        )

    async def table(self, request: Request, signed: Signed) -> Response:
        """One figure as CSV for a French spreadsheet."""
        asked, words = self.asked(request, signed), wording(signed.account.language)
        found = await run_in_threadpool(self.figures, asked, words)
        one = next((figure for figure in found if figure.name == request.path_params["name"]), None)
        if one is None or asked.error:
            refused = asked.error or "desk.refused.unknown"
            return self.desk.pages.problem(422 if asked.error else 404, refused, signed.account.language)
        name = f"{one.name}-{asked.period.first}-{asked.period.last}.csv"
        kept = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
        headers = {**SECURITY_HEADERS, **kept}
        return Response(as_csv(one, words), headers=headers, media_type="text/csv; charset=utf-8")

    async def style(self, _request: Request) -> Response:
        headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache"}
        return Response(self.css, headers=headers, media_type="text/css; charset=utf-8")

    def asked(self, request: Request, signed: Signed) -> Asked:
        """A territory's own people see it alone, whatever the address says."""
        given, today = request.query_params, local_day(self.now())
        territory = signed.account.territory
        if signed.account.role == NATIONAL:
            territory = given.get("territoire") or None
        preset = given.get("periode", "" if given.get("du") or given.get("au") else USUAL)
        try:
            period = read_period(given.get("du", ""), given.get("au", ""), preset, today)
        except PeriodError as error:
            return Asked(read_period("", "", USUAL, today), territory, USUAL, str(error))
        return Asked(period, territory, preset)

    def territories(self) -> list[str]:
        with self.store.reading() as connection:
            return sorted({*statistics.territories(connection), *self.decider().territories})

    def figures(self, asked: Asked, words: Wording) -> list[Figure]:
        """All of them, in the order of the page."""
        decider, now, period, territory = self.decider(), self.now(), asked.period, asked.territory
        ruleset, days = decider.compiled.ruleset, (asked.period.first, asked.period.last)
        moments, (mondays, bounds) = (period.begins, period.ends), drawn.due_bounds(now)
        with self.store.reading() as connection:
            questions = statistics.questions(connection, territory, *days)
            by_day = statistics.questions_by_day(connection, territory, *days)
            left = statistics.left_at(connection, territory, *moments, now)
            reviewed = statistics.reviewed(connection, territory, *moments)
            judged = judged_vignettes(connection, territory, decider)
            late, *due = statistics.due(connection, territory, bounds)
        ranked = disagreement_of_rules((one.rules, one.agreement) for one in judged)
        return [
            drawn.missions(questions, words),
            drawn.reasons(questions, words),
            drawn.by_week("weeks", by_day, period.weeks, words),
            drawn.left(left, words),
            drawn.corrected(reviewed, ruleset, words),
            drawn.agreements([(one.title, one.agreement) for one in judged], words),
            drawn.disagreements(ranked, ruleset, words),
            drawn.due(late, due, mondays, words),
        ]

    def shares(self, asked: Asked, words: Wording) -> Mapping[str, object]:
        """The readings of the two shares, of the calendar year in which the period ends."""
        year, decider = asked.period.last.year, self.decider()
        with self.store.reading() as connection:
            found = statistics.followed(connection, asked.territory, year)
        counts = {name: getattr(found, name) for name in found.__dataclass_fields__}
        request = {"counts": counts, "year": year, "lang": words.language}
        if asked.territory in decider.territories:
            request["territory"] = asked.territory
        answer = Figures(decider.territories).answer(request, date(year, 12, 31))
        return {"year": str(year), "counts": counts, **dict(answer["periods"][0])}  # type: ignore[index]


def as_csv(figure: Figure, words: Wording) -> str:
    """The figure's table: a byte order mark, semicolons, and no cell that a spreadsheet would run."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(words(message)) for message in figure.head])
    for row in figure.rows:
        writer.writerow([harmless(row.label), *(_cell(value, words) for value in row.plain)])
    return BOM + buffer.getvalue()


def _cell(value: object, words: Wording) -> str:
    """A number as the language's spreadsheets read it; nothing for None."""
    if value is None:
        return ""
    text = str(value)
    return text.replace(".", words.locale.number_symbols["latn"]["decimal"]) if isinstance(value, float) else text
