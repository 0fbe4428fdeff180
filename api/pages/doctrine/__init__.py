"""/doctrine: what a territory does where the text is silent: written, signed, tried on the log, published, ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import ADMINISTRATOR, OF_A_TERRITORY, ROLES
from api.pages.desk import DeskPages
from api.pages.doctrine.words import change_shown, zone_shown, zones_shown
from api.review.doctrine import DoctrineError, Doctrines, UnknownDoctrineError, candidates
from api.storage.doctrines import ENDED, IN_FORCE, SIGNED, WRITTEN
from bot.channels.web_page.pages import SECURITY_HEADERS

HERE = Path(__file__).resolve().parent
ADDRESS = "/doctrine"
ORDER = (IN_FORCE, SIGNED, WRITTEN, ENDED)


def doctrine_pages(gate: Gate, desk: DeskPages, doctrines: Doctrines, today: Callable[[], date]) -> list[Route]:
    """The pages of doctrines. Writing is for a territory's people, all else for its administrator."""
    page = _Page(desk, desk.beside(HERE), doctrines, today)
    one = ADDRESS + "/{number:int}"
    return [
        gate.route(ADDRESS, page.list, *ROLES),
        gate.route(ADDRESS + "/ecrire", page.compose, *OF_A_TERRITORY),
        gate.route(ADDRESS + "/ecrire", page.write, *OF_A_TERRITORY, method="POST"),
        gate.route(one, page.show, *ROLES),
        gate.route(one + "/signer", page.sign, ADMINISTRATOR, method="POST"),
        gate.route(one + "/vu", page.see, ADMINISTRATOR, method="POST"),
        gate.route(one + "/publier", page.publish, ADMINISTRATOR, method="POST"),
        gate.route(one + "/finir", page.end, ADMINISTRATOR, method="POST"),
    ]


@dataclass(frozen=True)
class _Page:
    desk: DeskPages
    environment: Environment
    doctrines: Doctrines
    today: Callable[[], date]

    async def list(self, request: Request, signed: Signed) -> Response:
        """Those in force first, then what waits for somebody, then those that ended."""
        found = await run_in_threadpool(self.doctrines.seen_by, signed.account)
        found.sort(key=lambda one: ORDER.index(one.state))
        return self._render("list.html", request, signed, doctrines=found)

    async def compose(self, request: Request, signed: Signed) -> Response:
        zone = request.query_params.get("zone", "")
        return self._form(request, signed, zone=zone)

    async def write(self, request: Request, signed: Signed) -> Response:
        zone, said = signed.said("zone"), signed.said("texte")
        missions = tuple(signed.form.get("mission", ()))
        try:
            number = await run_in_threadpool(self.doctrines.write, signed.account, zone, missions, said)
        except DoctrineError as refused:
            return self._form(request, signed, 422, zone=zone, said=said, missions=missions, refused=refused.code)
        return _to(number)

    async def show(self, request: Request, signed: Signed) -> Response:
        """One of them; once signed, what it would change, as far as the replay is."""
        return await self._one(request, signed)

    async def sign(self, request: Request, signed: Signed) -> Response:
        day = _day(signed.said("decide_le"))
        number, body = request.path_params["number"], signed.said("instance")
        if day is None:
            return await self._one(request, signed, 422, refused="day", body=body)
        return await self._done(
            request, signed, lambda: self.doctrines.sign(signed.account, number, body, day, self.today())
        )

    async def see(self, request: Request, signed: Signed) -> Response:
        number, key = request.path_params["number"], signed.said("changement")
        return await self._done(request, signed, lambda: self.doctrines.sign_change(signed.account, number, key))

    async def publish(self, request: Request, signed: Signed) -> Response:
        number = request.path_params["number"]
        return await self._done(request, signed, lambda: self.doctrines.publish(signed.account, number))

    async def end(self, request: Request, signed: Signed) -> Response:
        number = request.path_params["number"]
        return await self._done(request, signed, lambda: self.doctrines.end(signed.account, number))

    async def _done(self, request: Request, signed: Signed, work: Callable[[], None]) -> Response:
        """Do it, then the same page; a refusal stands on it."""
        try:
            await run_in_threadpool(work)
        except UnknownDoctrineError:
            return self._unknown(signed)
        except DoctrineError as refused:
            return await self._one(request, signed, 422, refused=refused.code, body=signed.said("instance"))
        return _to(request.path_params["number"])

    async def _one(self, request: Request, signed: Signed, status: int = 200, **more: object) -> Response:
        number, account = request.path_params["number"], signed.account
        try:
            found = await run_in_threadpool(self.doctrines.one, account, number)
        except UnknownDoctrineError:
            return self._unknown(signed)
        replay, seen = None, {}
        if found.state == SIGNED:
            replay = await run_in_threadpool(self.doctrines.replay, account, number)
            seen = await run_in_threadpool(self.doctrines.signed, number)
        changes = [change_shown(one, seen, account.language) for one in (replay.changes if replay else None) or ()]
        values = {"refused": None, "body": "", **more}
        return self._render(
            "doctrine.html", request, signed, status, doctrine=found, replay=replay, changes=changes, **values
        )

    def _form(self, request: Request, signed: Signed, status: int = 200, **said: object) -> Response:
        values = {"zone": "", "said": "", "missions": (), "refused": None, **said}
        compiled = self.doctrines.compiled()
        possible = candidates(compiled, str(values["zone"]))
        shown = zones_shown(compiled.ruleset, signed.account.language)
        return self._render("write.html", request, signed, status, zones=shown, possible=possible, **values)

    def _render(self, template: str, request: Request, signed: Signed, status: int = 200, **values: object) -> Response:
        ruleset = self.doctrines.compiled().ruleset
        place = self.doctrines.territories.get
        return self.desk.page(
            self.environment,
            template,
            signed,
            request,
            status,
            zone_of=lambda zone: zone_shown(ruleset, zone, signed.account.language),
            place_name=lambda name: known.name if (known := place(name)) else name,
            administrator=signed.account.role == ADMINISTRATOR,
            writes=signed.account.role in OF_A_TERRITORY,
            today=self.today(),
            **values,
        )

    def _unknown(self, signed: Signed) -> Response:
        return self.desk.pages.problem(404, "desk.refused.unknown", signed.account.language)


def _to(number: int) -> Response:
    return RedirectResponse(f"{ADDRESS}/{number}", 303, dict(SECURITY_HEADERS))


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", given, re.ASCII) else None
    except ValueError:
        return None
