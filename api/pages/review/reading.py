"""One question on one screen: what was answered and read, why, on what text, what is like it, what was done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.access.gate import Signed
from api.access.roles import OF_A_TERRITORY
from api.pages.review.filters import MISSIONS, Chosen, read_chosen
from api.pages.review.opinions import EMPTY, LONGEST_REASON, Given
from api.pages.review.sheets import Sheets
from api.pages.review.words import (
    about_texts,
    answer_text,
    facts_text,
    facts_told,
    missions_text,
    opinion_text,
    short_answer,
    why_texts,
)
from api.review.queue import Listed, ReviewQueue, Seen
from api.review.verdicts import UnknownQuestionError
from api.rulesets import Rulesets
from api.storage.reviews import REPLACED
from bot.channels.web_page.pages import Turn, bound, turn_of
from bot.journal import Enquiry
from bot.messages import Reply, Text
from bot.showing import said
from bot.wording import wording
from rules.doctrine import grey_zones
from rules.errors import SituationError
from rules.interview import Interviewer
from rules.model import Provenance
from rules.recalling import recalled

Answered = Callable[[str, str], Awaitable[Reply | None]]
NOTICES = ("confirmed", "corrected", "to_cler", "returned", "second", "wanted", "unwanted")
WORDS = {
    "about_texts": about_texts,
    "answer_text": answer_text,
    "opinion_text": opinion_text,
    "short_answer": short_answer,
    "missions_text": missions_text,
    "facts_text": facts_text,
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A statement of the text that an answer rests on. ``ruled_out``: what it speaks against."""

    number: int
    where: Provenance | None
    ruled_out: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """``answered``: (token, language) -> the answer as its page shows it."""

    sheets: Sheets
    queue: ReviewQueue
    answered: Answered
    rulesets: Rulesets

    async def show(self, request: Request, signed: Signed) -> Response:
        """The question's page."""
        notice = request.query_params.get("fait", "")
        return await self.page(request, signed, notice=notice if notice in NOTICES else None)

    async def page(
        self,
        request: Request,
        signed: Signed,
        given: Given | None = None,
        status: int = 200,
        notice: str | None = None,
        refused: str | None = None,
    ) -> Response:
        """The page, with a form as it was filled; ``refused``: why what was sent changed nothing."""
        token, chosen = request.path_params["token"], read_chosen(request.query_params, signed.account)
        try:
            seen = await run_in_threadpool(self.queue.question, signed.account, token, chosen.wanted(signed.account))
        except UnknownQuestionError:
            return self.sheets.unknown(signed)
        values = self._judging(signed, seen, given, "verdict" in request.query_params)
        values |= await self._told(signed, seen) | self._around(seen, chosen)
        return self.sheets.page(
            "question.html", signed, request, status, seen=seen, notice=notice, refused=refused, **values, **WORDS
        )

    async def _told(self, signed: Signed, seen: Seen) -> dict[str, object]:
        """What the visitor answered and read."""
        language, theirs = signed.account.language, seen.enquiry.language
        turns: dict[str, Turn | None] = {}
        for code in dict.fromkeys((language, theirs)):
            reply = await self.answered(seen.line.token, code)
            turns[code] = turn_of(reply) if reply else None
        given = await run_in_threadpool(self.given, seen.enquiry)
        own = turns[theirs] if theirs != language else None
        words = wording(theirs)
        return {
            "turn": turns[language],
            "own": own,
            "theirs": lambda text: bound(words.say(text), words.language),
            "given_answers": given,
            "passages": self._passages(seen.enquiry),
        }

    def given(self, enquiry: Enquiry) -> list[tuple[Text, Text]]:
        """The questions as they were asked with what was answered, then the facts that were told or came otherwise."""
        compiled = self.rulesets.compiled(enquiry.ruleset_version)
        if compiled is None:
            return facts_told(enquiry.facts)
        interviewer = Interviewer(compiled, self.sheets.territory(enquiry.territory))
        try:
            found = recalled(interviewer, enquiry.facts, enquiry.asked_at.date())
        except SituationError:
            return facts_told(enquiry.facts)
        told = [
            (Text(f"question.{a.question}"), said(interviewer, found.interview, a)) for a in found.interview.answers
        ]
        return [*told, *facts_told({**found.interview.told, **found.beside})]

    def _passages(self, enquiry: Enquiry) -> list[Passage]:
        """The statements that an answer rests on, in the order in which it cites them."""
        answer: Mapping[str, Any] = enquiry.answer
        compiled = self.rulesets.compiled(enquiry.ruleset_version) or self.rulesets.current
        cited: dict[int, list[str]] = {reason["statement"]: [] for reason in answer.get("reasons") or ()}
        for excluded in answer.get("excluded") or ():
            for reason in excluded["reasons"][:1]:
                cited.setdefault(reason["statement"], []).append(excluded["mission"])
        for number in answer.get("open_points") or ():
            cited.setdefault(number, [])
        known = compiled.ruleset.statements
        return [Passage(n, known[n].provenance if n in known else None, tuple(out)) for n, out in cited.items()]

    def _zone(self, enquiry: Enquiry) -> str | None:
        """What a doctrine could be about, where the text has left this question open."""
        zones = grey_zones(self.rulesets.current.ruleset) if enquiry.answer.get("status") == "referred" else ()
        return next((rule for rule in enquiry.rules if rule in zones), None)

    def _judging(self, signed: Signed, seen: Seen, given: Given | None, verdict: bool) -> dict[str, object]:
        """The forms, as they are or as they were filled."""
        line, account = seen.line, signed.account
        others = line.second_wanted_at is not None and line.assignee != account.id
        forms = {**EMPTY, given.kind: given} if given else EMPTY
        return {
            "judges": account.role in OF_A_TERRITORY and line.state != REPLACED,
            "forms": forms,
            "opened": given.kind if given else None,
            "second": others and not verdict,
            "referred": line.status == "referred",
            "others": others,
            "missions": MISSIONS,
            "statements": sorted(self.rulesets.current.ruleset.statements),
            "longest": LONGEST_REASON,
        }

    def _around(self, seen: Seen, chosen: Chosen) -> dict[str, object]:
        """Where to go from here, and why the question stands where it does."""
        return {
            "chosen": chosen,
            "query": chosen.query(),
            "back": f"/revue{chosen.query()}#q-{seen.line.token}",
            "zone": self._zone(seen.enquiry),
            "why": why_texts(Listed(seen.line, seen.enquiry.facts, seen.enquiry.answer, seen.opinions)),
        }
