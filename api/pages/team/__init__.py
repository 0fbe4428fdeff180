"""/equipe: the accounts of a territory, the invitations of its visitors, and how many joined (never who)."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import ADMINISTRATOR, OF_A_TERRITORY, Account
from api.access.team import LONGEST, ZONE, Made, Team, TeamError
from api.pages.desk import DeskPages
from api.pages.joining import ADDRESS as JOIN
from api.pages.sign_in import WELCOME
from api.pages.squares import drawn_square
from api.pages.when import last_days, moments
from api.signing import record_signed, signed_record
from bot.channels.channel import Channel, Invitation, UnansweredError
from bot.channels.web_page.pages import SECURITY_HEADERS

log = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent
ADDRESS = "/equipe"
NOTICES = ("closed", "reopened", "ended", "code_removed")
ONCE, PURPOSE = "aiguillage_once", b"shown once "
SHOWN_WITHIN = 60  # seconds
USUAL = timedelta(days=30)
HEADERS = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
Act = Callable[[Account, int], None]


def team_pages(
    gate: Gate,
    desk: DeskPages,
    team: Team,
    territory_name: Callable[[str | None], str],
    channels: Sequence[Channel] = (),
) -> list[Route]:
    """``channels``: by which visitors can be invited, beside the web chat."""
    page = _Page(desk, desk.beside(HERE), team, gate.public_url, team.sign_in.secret, territory_name, channels)
    people, visitors = ADDRESS + "/comptes", ADDRESS + "/invitations"
    return [
        gate.route(ADDRESS, page.show, *OF_A_TERRITORY),
        gate.route(people, page.add, ADMINISTRATOR, method="POST"),
        gate.route(people + "/{number}/lien", page.link, ADMINISTRATOR, method="POST"),
        gate.route(people + "/{number}/fermer", page.close, ADMINISTRATOR, method="POST"),
        gate.route(people + "/{number}/rouvrir", page.reopen, ADMINISTRATOR, method="POST"),
        gate.route(people + "/{number}/code/retirer", page.remove_code, ADMINISTRATOR, method="POST"),
        gate.route(visitors, page.invite_visitors, *OF_A_TERRITORY, method="POST"),
        gate.route(visitors + "/{number}/terminer", page.end, *OF_A_TERRITORY, method="POST"),
    ]


@dataclass(frozen=True)
class _Page:
    desk: DeskPages
    environment: Environment
    team: Team
    public_url: str
    secret: str
    territory_name: Callable[[str | None], str]
    channels: Sequence[Channel]

    async def show(self, request: Request, signed: Signed) -> Response:
        """Everybody of the territory; what was just made, this once."""
        record = record_signed(request.cookies.get(ONCE, ""), PURPOSE, self.secret)
        mine = record is not None and record["account"] == signed.account.id
        made = Made(record["kind"], record["token"], record["name"]) if mine else None
        response = await self._show(request, signed, made=made)
        response.delete_cookie(ONCE, path=ADDRESS)
        return response

    async def add(self, request: Request, signed: Signed) -> Response:
        name, role = signed.said("name"), signed.said("role")
        return await self._made(request, signed, lambda: self.team.add(signed.account, name, role))

    async def link(self, request: Request, signed: Signed) -> Response:
        return await self._made(request, signed, lambda: self.team.link(signed.account, _number(request)))

    async def invite_visitors(self, request: Request, signed: Signed) -> Response:
        most, until = signed.said("most"), signed.said("until")
        return await self._made(request, signed, lambda: self.team.invite(signed.account, most, until))

    async def close(self, request: Request, signed: Signed) -> Response:
        return await self._done(request, signed, self.team.close, "closed")

    async def reopen(self, request: Request, signed: Signed) -> Response:
        return await self._done(request, signed, self.team.reopen, "reopened")

    async def remove_code(self, request: Request, signed: Signed) -> Response:
        return await self._done(request, signed, self.team.remove_code, "code_removed")

    async def end(self, request: Request, signed: Signed) -> Response:
        return await self._done(request, signed, self.team.end, "ended")

    async def _made(self, request: Request, signed: Signed, make: Callable[[], Made]) -> Response:
        """Shown at the next sight of the page, once."""
        try:
            made = await run_in_threadpool(make)
        except TeamError as error:
            return await self._refused(request, signed, error)
        record = {"account": signed.account.id, "kind": made.kind, "token": made.token, "name": made.name}
        response = RedirectResponse(ADDRESS, 303, HEADERS)
        secure, cookie = self.public_url.startswith("https:"), signed_record(record, PURPOSE, self.secret)
        response.set_cookie(ONCE, cookie, SHOWN_WITHIN, path=ADDRESS, httponly=True, samesite="lax", secure=secure)
        return response

    async def _done(self, request: Request, signed: Signed, do: Act, notice: str) -> Response:
        try:
            await run_in_threadpool(do, signed.account, _number(request))
        except TeamError as error:
            return await self._refused(request, signed, error)
        return RedirectResponse(f"{ADDRESS}?suite={notice}", 303, HEADERS)

    async def _refused(self, request: Request, signed: Signed, error: TeamError) -> Response:
        if error.message == "desk.refused.unknown":
            return self.desk.pages.problem(404, error.message, signed.account.language)
        return await self._show(request, signed, 422, error=error, given=signed)

    async def _show(
        self,
        request: Request,
        signed: Signed,
        status: int = 200,
        *,
        made: Made | None = None,
        error: TeamError | None = None,
        given: Signed | None = None,
    ) -> Response:
        team, account = self.team, signed.account
        people = await run_in_threadpool(team.people, account)
        invitations, joined = await run_in_threadpool(team.invitations, account)
        links = await self._links(made) if made else []
        said, now = request.query_params.get("suite", ""), team.accounts.clock()
        today = now.astimezone(ZONE).date()
        values = {
            "people": [one for one in people if one.closed_at is None],
            "closed": [one for one in people if one.closed_at is not None],
            "invitations": [(one, one.refusal(now)) for one in invitations],
            "joined": joined,
            "roles": OF_A_TERRITORY,
            "administers": account.role == ADMINISTRATOR,
            "links": links,
            "made": made,
            "error": error,
            "said": given.said if given else lambda _: "",
            "notice": f"team.notice.{said}" if said in NOTICES else None,
            "moment": moments(account.language),
            "last_day": last_days(account.language),
            "territory": self.territory_name(account.territory),
            "today": today,
            "latest": today + LONGEST,
            "usual": today + USUAL,
            "unanswered": made is not None and made.kind == "invitation" and len(links) <= len(self.channels),
        }
        return self.desk.page(self.environment, "team.html", signed, request, status, **values)

    async def _links(self, made: Made) -> list[tuple[str, Invitation, Markup]]:
        """For whom, the address with what is to be written there, and its square."""
        if made.kind == "account":
            found = [("account", Invitation(self.public_url + WELCOME + made.token))]
        else:
            found = [one async for one in self._by_bots(made.token)]
            found.append(("web", Invitation(self.public_url + JOIN + made.token)))
        return [(kind, invitation, drawn_square(invitation.link)) for kind, invitation in found]

    async def _by_bots(self, token: str) -> AsyncIterator[tuple[str, Invitation]]:
        for channel in self.channels:
            try:
                yield channel.name, await channel.invitation(token)
            except UnansweredError as error:
                log.warning("team: %s does not answer: %s", channel.name, error)


def _number(request: Request) -> int:
    """Raises TeamError."""
    given = request.path_params["number"]
    if not re.fullmatch(r"[0-9]{1,9}", given, re.ASCII):
        raise TeamError("desk.refused.unknown")
    return int(given)
