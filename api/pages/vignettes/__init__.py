"""/vignettes: one situation for every visitor, written, published, compared. /cas-decole/<token>: a visitor answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import NATIONAL, ROLES
from api.answers import field_errors
from api.pages.desk import DeskPages
from api.pages.guide.words import title_key
from api.pages.vignettes.answering import AnswerPage
from api.pages.vignettes.words import choice_name, results
from api.review.vignettes import PAGE, VignetteDesk, VignetteError, missions_of
from api.storage.vignettes import UnknownVignetteError, Vignette
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.expert import EXPERT_FORM, facts_of
from bot.messages import Text
from bot.showing_findings import finding_sections
from bot.wording import Wording, wording
from rules.errors import SituationError
from rules.interview import Interviewer

PATH = "/vignettes"
HERE = Path(__file__).resolve().parent


def vignettes_pages(gate: Gate, desk: DeskPages, vignettes: VignetteDesk, secret: str) -> list[Route]:
    """The coordinators' pages, and the visitors'; ``secret`` signs the visitors' addresses."""
    page = _Page(desk, desk.beside(HERE), vignettes)
    answering = AnswerPage(desk.pages, vignettes, secret, gate.public_url)
    one = PATH + "/{number:int}"
    posts = {"publier": page.publish, "annoncer": page.tell_on, "clore": page.close, "effacer": page.remove}
    return [
        gate.route(PATH, page.listed, *ROLES),
        gate.route(PATH + "/nouveau", page.form, *ROLES),
        gate.route(PATH + "/nouveau", page.write, *ROLES, method="POST"),
        gate.route(one, page.show, *ROLES),
        gate.route(one + "/modifier", page.form, *ROLES),
        gate.route(one + "/modifier", page.write, *ROLES, method="POST"),
        *(gate.route(f"{one}/{name}", endpoint, *ROLES, method="POST") for name, endpoint in posts.items()),
        Route(PAGE + "{token}", answering.show, methods=["GET"]),
        Route(PAGE + "{token}", answering.take, methods=["POST"]),
    ]


@dataclass(frozen=True)
class _Page:
    desk: DeskPages
    environment: Environment
    vignettes: VignetteDesk

    async def listed(self, request: Request, signed: Signed) -> Response:
        """All that they see, the newest first."""
        found = await run_in_threadpool(self.vignettes.listed, signed.account)
        return self.desk.page(self.environment, "list.html", signed, request, vignettes=found)

    async def form(self, request: Request, signed: Signed) -> Response:
        """An empty form, a draft to change, or the facts of a worked example."""
        number = request.path_params.get("number")
        given: dict[str, tuple[str, ...]] = {}
        if number is not None:
            try:
                one = await run_in_threadpool(self.vignettes.seen, signed.account, number)
            except UnknownVignetteError:
                return self._unknown(signed)
            given = {"title": (one.title,), "said": (one.said,), **as_form(one.facts)}
        else:
            start = request.query_params.get("depuis", "")
            given = as_form(await run_in_threadpool(self.vignettes.ready, signed.account, start) or {})
        return await self._form(request, signed, given, {})

    async def write(self, request: Request, signed: Signed) -> Response:
        """Keep it, or say at each field what is wrong."""
        number, account = request.path_params.get("number"), signed.account
        title, said = signed.said("title"), signed.said("said")
        try:
            facts = facts_of(EXPERT_FORM, signed.form)
            kept = await run_in_threadpool(self.vignettes.write, account, title, said, facts, number)
        except VignetteError as error:
            return await self._form(request, signed, signed.form, {error.field: (Text(error.message),)})
        except SituationError as error:
            known = set(self.vignettes.decider().compiled.ruleset.vocabulary.facts)
            return await self._form(request, signed, signed.form, field_errors(error, known).errors)
        except UnknownVignetteError:
            return self._unknown(signed)
        return _to(f"{PATH}/{kept}")

    async def _form(
        self,
        request: Request,
        signed: Signed,
        given: Mapping[str, Sequence[str]],
        errors: Mapping[str, Sequence[Text]],
    ) -> Response:
        words = wording(signed.account.language)
        starts = [] if "number" in request.path_params else await run_in_threadpool(self._starts, signed, words)
        return self.desk.page(
            self.environment,
            "write.html",
            signed,
            request,
            422 if errors else 200,
            groups=EXPERT_FORM,
            form=given,
            errors=errors,
            rows=max(1, len(given.get("orientations", ()))),
            starts=starts,
        )

    def _starts(self, signed: Signed, words: Wording) -> list[tuple[str, str]]:
        """What a vignette can start from: worked examples, and questions that were corrected."""
        examples = self.vignettes.decider().compiled.ruleset.examples
        found = [(f"e{at}", words(title_key(one.title))) for at, one in enumerate(examples)]
        corrected = self.vignettes.corrected(signed.account)
        return found + [(token, words("vignette.start.corrected", day=day)) for token, day in corrected]

    async def show(self, request: Request, signed: Signed) -> Response:
        """One vignette: as visitors see it, what the rules say, and the answers where there are enough."""
        account, number = signed.account, request.path_params["number"]
        words = wording(account.language)
        try:
            one = await run_in_threadpool(self.vignettes.seen, account, number)
            counts, told = await run_in_threadpool(self.vignettes.results, account, number)
        except UnknownVignetteError:
            return self._unknown(signed)
        finding = await run_in_threadpool(self.vignettes.finding, one)
        return self.desk.page(
            self.environment,
            "vignette.html",
            signed,
            request,
            vignette=one,
            own=self.vignettes.may_change(account, one),
            choices=[choice_name(choice, words) for choice in self.vignettes.choices()],
            sections=finding_sections(finding, self.interviewer(one)),
            total=counts.total(),
            told=told,
            results=results(counts, missions_of(finding), words),
            national=account.role == NATIONAL,
        )

    def interviewer(self, one: Vignette) -> Interviewer:
        decider = self.vignettes.decider()
        return Interviewer(decider.compiled, decider.territory(one.territory))

    async def publish(self, request: Request, signed: Signed) -> Response:
        return await self._do(self.vignettes.publish, request, signed)

    async def tell_on(self, request: Request, signed: Signed) -> Response:
        """Go on telling, where it was interrupted or visitors have joined since."""
        return await self._do(self.vignettes.tell_all, request, signed)

    async def close(self, request: Request, signed: Signed) -> Response:
        return await self._do(self.vignettes.close, request, signed)

    async def remove(self, request: Request, signed: Signed) -> Response:
        return await self._do(self.vignettes.remove, request, signed, PATH)

    async def _do(
        self, change: Callable[[Any, int], None], request: Request, signed: Signed, then: str | None = None
    ) -> Response:
        number = request.path_params["number"]
        try:
            await run_in_threadpool(change, signed.account, number)
        except UnknownVignetteError:
            return self._unknown(signed)
        return _to(then or f"{PATH}/{number}")

    def _unknown(self, signed: Signed) -> Response:
        return self.desk.pages.problem(404, "desk.refused.unknown", signed.account.language)


def as_form(facts: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Facts as the fields of the form that gives them."""
    found = {}
    for name, value in facts.items():
        if isinstance(value, list | tuple):
            found[name] = tuple(str(one["etat"]) for one in value)
        else:
            found[name] = (str(value).lower() if isinstance(value, bool) else str(value),)
    return found


def _to(address: str) -> Response:
    return RedirectResponse(address, 303, dict(SECURITY_HEADERS))
