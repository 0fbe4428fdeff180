"""/donnees: the register of what is kept and why; /donnees/personne: one person's data, given out or erased."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.access.gate import Gate, Signed
from api.access.roles import ADMINISTRATOR, ROLES
from api.logbook import csv_lines
from api.pages.desk import DeskPages
from api.pages.privacy.person import PersonPages
from api.privacy.person import Persons
from api.privacy.register import HEAD, in_words, register, rows
from api.privacy.terms import Terms
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.wording import wording

HERE = Path(__file__).resolve().parent
ADDRESS = "/donnees"
PERSON = ADDRESS + "/personne"


def privacy_pages(gate: Gate, desk: DeskPages, people: Persons, terms: Terms) -> list[Route]:
    """The register for every role; one person's data for an administrator, within the own territory."""
    environment = desk.beside(HERE)
    page, person = _Page(desk, environment, terms), PersonPages(desk, environment, people)
    return [
        gate.route(ADDRESS, page.show, *ROLES),
        gate.route(ADDRESS + "/registre.csv", page.csv, *ROLES),
        gate.route(PERSON, person.show, ADMINISTRATOR),
        gate.route(PERSON, person.find, ADMINISTRATOR, method="POST"),
        gate.route(PERSON + "/export", person.export, ADMINISTRATOR, method="POST"),
        gate.route(PERSON + "/effacer", person.erase, ADMINISTRATOR, method="POST"),
        gate.route(PERSON + "/efface", person.erased, ADMINISTRATOR),
    ]


@dataclass(frozen=True)
class _Page:
    desk: DeskPages
    environment: Environment
    terms: Terms

    async def show(self, request: Request, signed: Signed) -> Response:
        """The register, kind by kind."""
        words = wording(signed.account.language)
        kinds = [(kind, in_words(kind, self.terms.days.get(kind.id), words)) for kind in register()]
        return self.desk.page(
            self.environment,
            "register.html",
            signed,
            request,
            parts=[(name, [one for one in kinds if one[0].personal == personal]) for name, personal in _PARTS],
            shown=[name for name in HEAD if name not in ("title", "holds")],
            decided=self.terms.decided,
            manages=signed.account.role == ADMINISTRATOR,
        )

    async def csv(self, request: Request, signed: Signed) -> Response:
        """The same as a table, with the columns of the database."""
        words = wording(signed.account.language)
        head = [words(f"register.head.{name}") for name in HEAD]
        excel = request.query_params.get("excel") == "oui"
        lines = csv_lines(head, rows(self.terms.days, words), bom=excel, delimiter=";" if excel else ",")
        kept = {"Content-Disposition": 'attachment; filename="aiguillage-registre.csv"', "Cache-Control": "no-store"}
        headers = {**SECURITY_HEADERS, **kept}
        return Response("".join(lines), headers=headers, media_type="text/csv; charset=utf-8")


_PARTS = (("personal", True), ("technical", False))
