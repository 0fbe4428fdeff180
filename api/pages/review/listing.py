"""The queue: a page of it, whole or the part that the filters change, and who takes a question from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.access.gate import Signed
from api.pages.review.filters import ALL, MISSIONS, REASONS, WHO, Chosen, read_chosen
from api.pages.review.sheets import Sheets
from api.pages.review.words import about_texts, answer_text, opinion_text, why_texts
from api.review.assigning import Assigning, NoColleagueError
from api.review.queue import MOST_COUNTED, Listed, ReviewQueue
from api.review.verdicts import UnknownQuestionError
from api.storage.review_queue import ORDER

WORDS = {"about_texts": about_texts, "answer_text": answer_text, "opinion_text": opinion_text, "why_texts": why_texts}


@dataclass(frozen=True)
class Listing:
    """``queue`` is read, ``assigning`` changes who works on what."""

    sheets: Sheets
    queue: ReviewQueue
    assigning: Assigning

    async def show(self, request: Request, signed: Signed) -> Response:
        """The page of the list that the address says."""
        account, chosen = signed.account, read_chosen(request.query_params, signed.account)
        wanted = chosen.wanted(account)
        page = await run_in_threadpool(self.queue.page, account, wanted, chosen.after, chosen.before)
        part = request.headers.get("hx-request") and not request.headers.get("hx-history-restore-request")
        values: dict[str, object] = {} if part else await self._choices(signed)
        template = "lines.html" if part else "review.html"
        return self.sheets.page(
            template,
            signed,
            request,
            chosen=chosen,
            query=chosen.query(),
            shown=page,
            names=page.names,
            shelves=shelves(page.lines),
            most=MOST_COUNTED,
            first=chosen.at().query(),
            before=chosen.at(before=page.before).query() if page.before else None,
            after=chosen.at(after=page.after).query() if page.after else None,
            **WORDS,
            **values,
        )

    async def _choices(self, signed: Signed) -> dict[str, object]:
        """What may be chosen in the form of the filters."""
        there = await run_in_threadpool(self.queue.choices, signed.account)
        return {"there": there, "missions": MISSIONS, "reasons": REASONS, "states": (*ORDER, ALL), "who": WHO}

    async def assign(self, request: Request, signed: Signed) -> Response:
        """Give a question to an account, or to nobody; then the line alone, the list, or the question's page."""
        token, chosen = request.path_params["token"], read_chosen(request.query_params, signed.account)
        to = signed.said("a")
        try:
            number = int(to) if to.isascii() and to.isdecimal() and len(to) < 12 else None
            await run_in_threadpool(self.assigning.give, signed.account, token, number)
        except (UnknownQuestionError, NoColleagueError):
            return self.sheets.unknown(signed)
        if request.headers.get("hx-request") and signed.said("de") == "liste":
            listed, names = await run_in_threadpool(self.queue.one, signed.account, token)
            values = {"listed": listed, "names": names, "query": chosen.query(), "chosen": chosen}
            return self.sheets.page("line.html", signed, request, **values, **WORDS)
        back = f"/revue{chosen.query()}#q-{token}" if signed.said("de") == "liste" else _question(token, chosen)
        return RedirectResponse(back, 303)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Lines one after the other of one state and rank."""

    state: str
    rank: int
    listed: tuple[Listed, ...]


def shelves(lines: Sequence[Listed]) -> list[Shelf]:
    """The lines of a page under their headings, in their order."""
    grouped = groupby(lines, key=lambda one: (one.line.state, one.line.rank))
    return [Shelf(state, rank, tuple(found)) for (state, rank), found in grouped]


def _question(token: str, chosen: Chosen) -> str:
    return f"/revue/{token}{chosen.query()}"
