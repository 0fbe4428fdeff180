"""/cas-decole/<token>: a visitor reads the situation, presses a mission, and then reads what the rules say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.pages.vignettes.words import choice_name, results
from api.review.vignettes import PAGE, VignetteDesk, missions_of, vignette_of
from api.storage.vignettes import CLOSED, UnknownVignetteError
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS, Pages, bound
from bot.channels.web_page.requests import RefusedError, language_of, read_form, require_same_origin
from bot.showing_findings import finding_sections
from bot.wording import autonyms, wording
from rules.interview import Interviewer

HERE = Path(__file__).resolve().parent
HEADERS = {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "no-store"}


@dataclass(frozen=True)
class AnswerPage:
    """Whoever has the address answers for the one visitor that it was made for."""

    pages: Pages
    vignettes: VignetteDesk
    secret: str
    public_url: str

    async def show(self, request: Request) -> Response:
        """The situation with its buttons; once answered, what the rules say; once closed, how the others answered."""
        known = vignette_of(request.path_params["token"], self.secret)
        if known is None:
            return self._unknown(request)
        language = await run_in_threadpool(self.vignettes.language_of, known[1])
        words = wording(request.query_params.get("lang") or language or language_of(request))
        try:
            one, answer, counts = await run_in_threadpool(self.vignettes.opened, *known)
        except UnknownVignetteError:
            return self._unknown(request)
        decider = self.vignettes.decider()
        finding = await run_in_threadpool(self.vignettes.finding, one)
        shown = answer is not None or one.state == CLOSED
        interviewer = Interviewer(decider.compiled, decider.territory(one.territory))
        html = (
            self.pages.beside(HERE)
            .get_template("answer_vignette.html")
            .render(
                t=lambda message, **params: bound(words(message, **params), words.language),
                say=lambda text: bound(words.say(text), words.language),
                asset=self.pages.assets.address,
                lang=words.language,
                dir=words.direction,
                languages=autonyms(),
                vignette=one,
                closed=one.state == CLOSED,
                answer=choice_name(answer, words) if answer else None,
                chosen=answer,
                choices=[(choice, choice_name(choice, words)) for choice in self.vignettes.choices()],
                sections=finding_sections(finding, interviewer) if shown else (),
                results=results(counts, missions_of(finding), words),
            )
        )
        return HTMLResponse(html, headers=HEADERS)

    async def take(self, request: Request) -> Response:
        """Keep the answer, then the page again."""
        token = request.path_params["token"]
        known = vignette_of(token, self.secret)
        if known is None:
            return self._unknown(request)
        try:
            require_same_origin(request, self.public_url)
            form = await read_form(request)
            mission = (form.get("mission") or ("",))[-1]
            await run_in_threadpool(self.vignettes.answer, *known, mission)
        except RefusedError as refused:
            return self.pages.problem(refused.status, refused.message, language_of(request))
        except UnknownVignetteError:
            return self._unknown(request)
        return RedirectResponse(PAGE + token, 303, HEADERS)

    def _unknown(self, request: Request) -> Response:
        return self.pages.problem(404, "vignette.page.unknown", language_of(request))
