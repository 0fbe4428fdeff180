"""/regles: the rules in force and those proposed, with what a proposal changes, seen group by group, then published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import ADMINISTRATOR, NATIONAL
from api.pages.desk import DeskPages
from api.pages.facts_in_words import facts_line
from api.pages.when import moments
from api.replay_report import outcome_words
from api.review.open_questions import anonymous
from api.review.replays import Change
from api.review.rulesets import RulesetRefusedError, RulesetReview, UnknownRulesetError
from api.storage.publications import UnsignedError
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.wording import Wording, wording
from rules.errors import RulesetError

HERE = Path(__file__).resolve().parent
ADDRESS = "/regles"
READERS = (ADMINISTRATOR, NATIONAL)


def ruleset_pages(gate: Gate, desk: DeskPages, review: RulesetReview) -> list[Route]:
    """The pages of rulesets: read by administrators and the national reader, signed and published by the former."""
    page = _Page(desk, desk.beside(HERE), review)
    one = ADDRESS + "/{version}"
    return [
        gate.route(ADDRESS, page.list, *READERS),
        gate.route(one, page.show, *READERS),
        gate.route(one + "/vu", page.see, ADMINISTRATOR, method="POST"),
        gate.route(one + "/publier", page.publish, ADMINISTRATOR, method="POST"),
    ]


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change in words; ``signed``: whether it was seen with as many questions as now."""

    key: str
    was: str
    becomes: str
    count: int
    signed: bool
    examples: tuple[str, ...]


@dataclass(frozen=True)
class _Page:
    desk: DeskPages
    environment: Environment
    review: RulesetReview

    async def list(self, request: Request, signed: Signed) -> Response:
        versions = await run_in_threadpool(self.review.versions)
        return self._render("rulesets.html", request, signed, versions=versions)

    async def show(self, request: Request, signed: Signed) -> Response:
        """A proposal, and what it changes, as far as the replay is."""
        return await self._one(request, signed)

    async def see(self, request: Request, signed: Signed) -> Response:
        version, key = request.path_params["version"], signed.said("changement")
        return await self._done(request, signed, lambda: self.review.sign_change(signed.account, version, key))

    async def publish(self, request: Request, signed: Signed) -> Response:
        version = request.path_params["version"]
        return await self._done(
            request, signed, lambda: self.review.publish(signed.account, version), to=f"{ADDRESS}?publie=1"
        )

    async def _done(
        self, request: Request, signed: Signed, work: Callable[[], None], to: str | None = None
    ) -> Response:
        try:
            await run_in_threadpool(work)
        except UnknownRulesetError:
            return self._unknown(signed)
        except UnsignedError:
            return await self._one(request, signed, 422, refused="unsigned")
        except RulesetError:
            return await self._one(request, signed, 422, refused="broken")
        except RulesetRefusedError as refused:
            return await self._one(request, signed, 422, refused=refused.code)
        return RedirectResponse(to or f"{ADDRESS}/{request.path_params['version']}", 303, dict(SECURITY_HEADERS))

    async def _one(self, request: Request, signed: Signed, status: int = 200, refused: str | None = None) -> Response:
        version, account = request.path_params["version"], signed.account
        try:
            found = await run_in_threadpool(self.review.proposed, version)
            replay = await run_in_threadpool(self.review.replay, version)
        except (UnknownRulesetError, RulesetError):
            return self._unknown(signed)
        seen = await run_in_threadpool(self.review.signed, version)
        words = wording(account.language)
        changes = [_shown(one, seen.get(one.key) == one.count, words) for one in replay.changes or ()]
        own = await run_in_threadpool(self.review.may_publish, account)
        values = {"found": found, "replay": replay, "changes": changes, "own": own, "refused": refused}
        return self._render("ruleset.html", request, signed, status, **values)

    def _render(self, template: str, request: Request, signed: Signed, status: int = 200, **values: object) -> Response:
        language = signed.account.language
        given = {"moment": moments(language), "published": "publie" in request.query_params, **values}
        return self.desk.page(self.environment, template, signed, request, status, **given)

    def _unknown(self, signed: Signed) -> Response:
        return self.desk.pages.problem(404, "desk.refused.unknown", signed.account.language)


def _shown(change: Change, signed: bool, words: Wording) -> ShownChange:
    becomes = (
        outcome_words(change.becomes, words)
        if change.becomes
        else words("replay.unreadable", facts=tuple(dict.fromkeys(fact for fact, _ in change.unreadable)))
    )
    examples = tuple(facts_line(anonymous(past.facts), words) for past in change.examples)
    was = outcome_words(change.was, words)
    return ShownChange(change.key, was, becomes, change.count, signed, tuple(dict.fromkeys(examples)))
