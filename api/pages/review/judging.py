"""What a coordinator says of an answer: looked at before it is sent, sent, and what else they do with a question."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.access.gate import Signed
from api.pages.review.filters import read_chosen
from api.pages.review.opinions import Given, read_given
from api.pages.review.reading import WORDS, Reading
from api.review.assigning import Assigning
from api.review.queue import Seen
from api.review.verdicts import (
    OtherVerdictError,
    OwnOpinionError,
    ReplacedQuestionError,
    UnknownQuestionError,
    Verdicts,
)
from api.storage.verdicts import Opinion
from bot.channels.web_page.requests import RefusedError
from bot.coordination import Ruling, ruling_section
from bot.messages import Section


@dataclass(frozen=True)
class Judging:
    reading: Reading
    verdicts: Verdicts
    assigning: Assigning

    async def look(self, request: Request, signed: Signed) -> Response:
        """What the visitor will be told, before it is sent; nothing is changed."""
        found = await self._given(request, signed)
        if isinstance(found, Response):
            return found
        seen, given = found
        if given.errors:
            return await self.reading.page(request, signed, given, 422)
        if given.counted != (seen.verdict.id if seen.verdict else None) and not given.second:
            return await self._overtaken(request, signed, given)
        chosen = read_chosen(request.query_params, signed.account)
        values = {"seen": seen, "given": given, "told": self._told(given.opinion), "query": chosen.query()}
        return self.reading.sheets.page("preview.html", signed, request, **values, **WORDS)

    def _told(self, opinion: Opinion) -> Section:
        """What the visitor is told of an opinion."""
        day, reason = self.verdicts.clock().date(), opinion.reason or ""
        ruling = Ruling(opinion.kind, day, opinion.missions, reason, opinion.statements)
        return ruling_section(ruling, self.reading.rulesets.current.ruleset)

    async def edit(self, request: Request, signed: Signed) -> Response:
        """The question's page again, with the form as it was filled."""
        found = await self._given(request, signed)
        return found if isinstance(found, Response) else await self.reading.page(request, signed, found[1])

    async def give(self, request: Request, signed: Signed) -> Response:
        """Send it. What another one said meanwhile is shown first, and nothing is changed."""
        found = await self._given(request, signed)
        if isinstance(found, Response):
            return found
        seen, given = found
        if given.errors:
            return await self.reading.page(request, signed, given, 422)
        account, token = signed.account, seen.line.token
        try:
            if given.second:
                await run_in_threadpool(self.verdicts.second, account, token, given.opinion)
            else:
                await run_in_threadpool(self.verdicts.give, account, token, given.opinion, given.counted)
        except OtherVerdictError:
            return await self._overtaken(request, signed, given)
        except ReplacedQuestionError:
            return await self.reading.page(request, signed, given, 409, refused="review.refused.replaced")
        except OwnOpinionError:
            return await self.reading.page(request, signed, given, 409, refused="review.refused.own")
        except UnknownQuestionError:
            return self.reading.sheets.unknown(signed)
        return self._back(request, signed, "second" if given.second else given.kind)

    async def second(self, request: Request, signed: Signed) -> Response:
        """Ask for a second opinion, or for none any more."""
        token, wanted = request.path_params["token"], signed.said("demande") == "1"
        do = self.assigning.ask_second if wanted else self.assigning.ask_no_second
        try:
            await run_in_threadpool(do, signed.account, token)
        except UnknownQuestionError:
            return self.reading.sheets.unknown(signed)
        return self._back(request, signed, "wanted" if wanted else "unwanted")

    async def _given(self, request: Request, signed: Signed) -> tuple[Seen, Given] | Response:
        """The question and the form, or the refusal."""
        sheets, token = self.reading.sheets, request.path_params["token"]
        wanted = read_chosen(request.query_params, signed.account).wanted(signed.account)
        try:
            seen = await run_in_threadpool(self.reading.queue.question, signed.account, token, wanted)
            answered = [str(one) for one in _missions(seen)]
            return seen, read_given(signed.form, answered, self.reading.rulesets.current.ruleset.statements)
        except UnknownQuestionError:
            return sheets.unknown(signed)
        except RefusedError as refused:
            return sheets.desk.pages.problem(refused.status, refused.message, signed.account.language)

    async def _overtaken(self, request: Request, signed: Signed, given: Given) -> Response:
        """Another verdict counts: the page shows it, and the form, sent again, would take its place."""
        return await self.reading.page(request, signed, given, 409, refused="review.refused.overtaken")

    def _back(self, request: Request, signed: Signed, done: str) -> Response:
        query = read_chosen(request.query_params, signed.account).query()
        address = f"/revue/{request.path_params['token']}{query}{'&' if query else '?'}fait={done}#fait"
        return RedirectResponse(address, 303)


def _missions(seen: Seen) -> list[object]:
    """The missions of a settled answer; a referred one has none that could be said again."""
    missions = seen.enquiry.answer.get("missions")
    return list(missions) if isinstance(missions, list | tuple) else []
