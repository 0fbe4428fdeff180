"""/donnees/personne: an administrator finds one person of the territory, gives out what is kept of them, or erases it.

What names the person is sent in a form, never in an address: addresses are logged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.access.gate import Signed
from api.pages.desk import DeskPages
from api.privacy.person import BeyondError, Member, Person, Persons, UnknownPersonError
from api.privacy.readable import readable
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.wording import wording

ERASED = "/donnees/personne/efface"


@dataclass(frozen=True)
class PersonPages:
    desk: DeskPages
    environment: Environment
    people: Persons

    async def show(self, request: Request, signed: Signed) -> Response:
        return self._form(request, signed)

    async def find(self, request: Request, signed: Signed) -> Response:
        """What is kept of the person, counted, and what can be done."""
        person = await self._person(request, signed)
        return person if isinstance(person, Response) else await self._found(request, signed, person)

    async def export(self, request: Request, signed: Signed) -> Response:
        """All of it as a file: JSON, or a text to read."""
        person = await self._person(request, signed)
        if isinstance(person, Response):
            return person
        whole = await run_in_threadpool(self.people.export, person)
        if signed.said("forme") == "texte":
            lines = readable(whole, wording(signed.account.language))
            return _attached("".join(f"{line}\n" for line in lines), "personne.txt", "text/plain; charset=utf-8")
        return _attached(json.dumps(whole, ensure_ascii=False, indent=2), "personne.json", "application/json")

    async def erase(self, request: Request, signed: Signed) -> Response:
        """Erase, once the box was ticked."""
        person = await self._person(request, signed)
        if isinstance(person, Response):
            return person
        if person == Member(signed.account.id):
            return self._form(request, signed, "privacy.unknown.yourself")
        if signed.said("sur") != "oui":
            return await self._found(request, signed, person, "privacy.person.unsure")
        await run_in_threadpool(self.people.erase, person, signed.account)
        return RedirectResponse(ERASED, 303, dict(SECURITY_HEADERS))

    async def erased(self, request: Request, signed: Signed) -> Response:
        """That it is done. Not of whom: nothing is kept of that."""
        return self.desk.page(self.environment, "erased.html", signed, request)

    async def _person(self, request: Request, signed: Signed) -> Person | Response:
        answer, account = _token(signed.said("reponse")), signed.said("compte")
        territory = signed.account.territory
        try:
            if bool(answer) == bool(account):
                raise UnknownPersonError("privacy.unknown.nothing")
            if answer:
                return await run_in_threadpool(self.people.by_answer, answer, territory)
            return await run_in_threadpool(self.people.by_account, account, territory)
        except UnknownPersonError as error:
            return self._form(request, signed, error.said)
        except BeyondError:
            return self._form(request, signed, "privacy.unknown.beyond")

    async def _found(self, request: Request, signed: Signed, person: Person, wrong: str | None = None) -> Response:
        whole = await run_in_threadpool(self.people.export, person)
        counts = [(table, len(rows)) for table, rows in whole.items() if isinstance(rows, list) and rows]
        given = {name: signed.said(name) for name in ("reponse", "compte")}
        values = {"person": person, "counts": counts, "given": given, "wrong": wrong}
        status = 422 if wrong else 200
        return self.desk.page(self.environment, "person.html", signed, request, status, **values)

    def _form(self, request: Request, signed: Signed, wrong: str | None = None) -> Response:
        given = {name: signed.said(name) for name in ("reponse", "compte")}
        status = 422 if wrong else 200
        return self.desk.page(self.environment, "find.html", signed, request, status, given=given, wrong=wrong)


def _token(given: str) -> str:
    """An answer's key: as it is, or the last part of its address."""
    return urlsplit(given).path.rstrip("/").rpartition("/")[2]


def _attached(content: str, name: str, media: str) -> Response:
    kept = {"Content-Disposition": f'attachment; filename="aiguillage-{name}"', "Cache-Control": "no-store"}
    return Response(content, headers={**SECURITY_HEADERS, **kept}, media_type=media)
