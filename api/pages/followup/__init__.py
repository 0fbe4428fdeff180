"""GET and POST /suivi/<token>: who follows a case reads what was said both ways, in French, and writes to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.households.addresses import VISITOR
from api.households.desk import Desk
from api.pages.followup.cases import Cases, NotTakenError
from api.pages.followup.handing import Handing
from api.pages.followup.hearing import Hearing
from api.pages.followup.listening import Listening
from api.pages.followup.sending import Sending, Translate
from api.pages.followup.sheets import HEADERS, SCRIPT, STYLE, Card, read_sheets
from api.pages.followup.standing import Standing
from api.pages.followup.thread import entries
from api.pages.followup.writing import to_choose
from api.pages.squares import drawn_square
from api.storage.households import Case, Stored
from api.storage.journal import Clock, now
from bot.channels import Aloud
from bot.channels.web_page.requests import read_form
from bot.channels.web_page.sound_response import sound_response
from bot.wording import SOURCE_LANGUAGE, wording
from rules.model import Territory

NOTICES = ("withdrawn", "too_late", "already", "sent")


def followup_page(
    desk: Desk,
    secret: str,
    public_url: str,
    territory: Callable[[str | None], Territory | None],
    *,
    translate: Translate | None = None,
    aloud: Aloud | None = None,
    card: Card | None = None,
    standing: Standing | None = None,
    clock: Clock = now,
) -> list[Route]:
    """The page of a case. ``secret`` signs its addresses; ``translate``: (text, from, to, names that stay).

    ``aloud``: reads what nobody recorded. ``card``: what to know of a language; ``standing``: what the page of dates
    and links shows.
    """
    sheets = read_sheets(secret, desk.store.recordings, card)
    cases = Cases(desk, secret, sheets)
    hearing = Hearing(cases, territory, Listening(desk.store.recordings, aloud))
    page = _Page(cases, territory, hearing, clock, standing)
    handing = Handing(cases, public_url, territory, clock)
    sending = Sending(cases, territory, translate, hearing, clock)
    address = VISITOR + "{token}"
    return [
        Route(address, page.show, methods=["GET"]),
        Route(address + "/dossier", page.stand, methods=["GET"]),
        Route(address + "/relier", page.pair, methods=["POST"]),
        Route(address + "/ecarter", page.dismiss, methods=["POST"]),
        Route(address + "/ecrire", sending.write, methods=["GET"]),
        Route(address + "/apercu", sending.look, methods=["POST"]),
        Route(address + "/ecouter", hearing.hear, methods=["POST"]),
        Route(address + "/ecouter/{message}", hearing.hear_again, methods=["GET"]),
        Route(address + "/envoyer", sending.send, methods=["POST"]),
        Route(address + "/annuler", sending.withdraw, methods=["POST"]),
        Route(address + "/message/{message}", handing.hand_over, methods=["GET"]),
        Route(address + "/message/{message}/carre.svg", handing.code, methods=["GET"]),
        Route(address + "/message/{message}/lettre.pdf", handing.print, methods=["GET"]),
        Route(address + "/son/{message}", page.play, methods=["GET"]),
        Route(STYLE, sheets.file, methods=["GET"]),
        Route(SCRIPT, sheets.file, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Page:
    cases: Cases
    territory: Callable[[str | None], Territory | None]
    hearing: Hearing
    clock: Clock
    standing: Standing | None

    async def show(self, request: Request) -> Response:
        """The case: where it stands, what was said both ways, what can be written."""
        return await self.cases.answered(request, self._show)

    async def stand(self, request: Request) -> Response:
        """The timeline, what is due and why, and what links a phone or an interview with the case."""
        return await self.cases.answered(request, self._stand)

    async def dismiss(self, request: Request) -> Response:
        """What is due is set aside for good; then the same page."""
        return await self.cases.answered(request, self._dismiss)

    async def pair(self, request: Request) -> Response:
        """How the household comes to the bot, by each network that is set up, with a square."""
        return await self.cases.answered(request, self._pair)

    async def play(self, request: Request) -> Response:
        return await self.cases.answered(request, self._play)

    async def _show(self, request: Request, case: Case) -> Response:
        thread = await run_in_threadpool(self._thread, case)
        said = entries(thread, self.territory(case.territory))
        heard = await run_in_threadpool(self.hearing.of_thread, thread, case)
        notice = next((one for one in NOTICES if one in request.query_params), None)
        shown = {"entries": said, "heard": heard, "notice": notice, "written": to_choose()}
        return self.cases.sheets.page(case, "followup.html", **shown)

    async def _stand(self, _request: Request, case: Case) -> Response:
        if self.standing is None:
            raise NotTakenError(404, "visitor.refused.unknown")
        words, follow = wording(SOURCE_LANGUAGE), await self.standing.follow(case)
        seen = await run_in_threadpool(self.standing.seen, case, self.clock(), words)
        return self.cases.sheets.page(case, "standing.html", **seen, follow=follow)

    async def _dismiss(self, request: Request, case: Case) -> Response:
        given = (await read_form(request)).get("numero", ("",))[0]
        number = int(given) if re.fullmatch(r"[0-9]{1,12}", given, re.ASCII) else 0
        if self.standing is None or not await run_in_threadpool(self.standing.dismiss, case, number):
            raise NotTakenError(409, "visitor.refused.no_due")
        return RedirectResponse(f"{self.cases.address(case)}/dossier", 303, HEADERS)

    async def _pair(self, _request: Request, case: Case) -> Response:
        ways = await self.standing.pair(case, self.clock()) if self.standing else ()
        if not ways:
            raise NotTakenError(404, "visitor.refused.no_bot")
        shown = [(name, way, drawn_square(way.link)) for name, way in ways]
        return self.cases.sheets.page(case, "pairing.html", ways=shown)

    def _thread(self, case: Case) -> list[Stored]:
        with self.cases.desk.store.households(self.cases.desk.vault) as households:
            return households.thread(case.reference)

    async def _play(self, request: Request, case: Case) -> Response:
        found = await run_in_threadpool(self._sound, case, request.path_params["message"])
        return Response(status_code=404, headers=HEADERS) if found is None else sound_response(request, *found, HEADERS)

    def _sound(self, case: Case, wanted: str) -> tuple[str, bytes] | None:
        with self.cases.desk.store.households(self.cases.desk.vault) as households:
            try:
                message = households.message(wanted)
            except LookupError:
                return None
            return households.sound(wanted) if message.case == case.reference else None
