"""What the pages about households share: whose case it is, the look, refusals in words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.access.gate import Signed
from api.households.addresses import followup_address
from api.households.planning import Planning
from api.pages.case import CASE, capitalized
from api.pages.desk import DeskPages
from api.pages.followup.listening import Listening
from api.signing import signed_record
from api.storage.case_lists import CaseLists
from api.storage.households import Case, ErasedCaseError, UnknownCaseError
from api.storage.journal import Clock
from bot.channels.web_page.pages import PRIVATE_ADDRESS, SECURITY_HEADERS, WHERE_A_FORM_IS_READ
from bot.followup.catalog import household_languages, language_name
from bot.followup.content import Shown
from bot.followup.hearing import said
from bot.followup.planning_values import planning_values
from bot.wording import Wording, wording
from rules.model import Territory

HERE = Path(__file__).resolve().parent
HOME, REPLIES, TEXTS, CAMPAIGNS = "/menages", "/menages/reponses", "/menages/messages", "/menages/campagnes"
STYLE, HEAR = "/menages.css", "/menages/ecouter"
HEARD = b"entendre "
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
PLACES = ((HOME, "cases"), (REPLIES, "replies"), (TEXTS, "texts"), (CAMPAIGNS, "campaigns"))


class NotHereError(Exception):
    """What is asked for is not there, or is not theirs to see: a page says so, in the same words for both."""


@dataclass(frozen=True)
class Room:
    """``secret`` signs links; ``public_url``: what they begin with. ``planning``: by the rules in force now.
    ``voices``: the languages that one speaks; ``listening``: what reads messages aloud."""

    desk: DeskPages
    environment: Environment
    planning: Callable[[], Planning]
    lists: CaseLists
    territories: Callable[[str | None], Territory | None]
    voices: Callable[[], Collection[str]]
    listening: Listening
    secret: str
    public_url: str
    style: bytes
    clock: Clock

    def page(self, signed: Signed, request: Request, sheet: str, status: int = 200, **values: object) -> Response:
        """A page, with the ways to the others and how many words wait."""
        shared = {
            "style": self.style_address,
            "places": PLACES,
            "place": _place(request.url.path),
            "wait": self.lists.waiting(territory_of(signed)),
            "language_of": language_name,
            "written": household_languages(),
            "voices": self.voices(),
            "hear_at": HEAR,
            "to_hear": partial(self.to_hear, signed),
        }
        page = self.desk.page(self.environment, sheet, signed, request, status, **shared, **values)
        page.headers.update(WHERE_A_FORM_IS_READ)
        return page

    def to_hear(self, signed: Signed, shown: Shown, template: str) -> str:
        """What a form brings so that a message is heard as it was shown; empty where nobody reads its language."""
        language, place = shown.language, territory_of(signed)
        if not self.listening.speaks(language) and template not in self.listening.recordings.templates(place, language):
            return ""
        record = {"template": template, "language": language, "words": said(shown), "territory": place}
        return signed_record(record, HEARD, self.secret)

    def unknown(self, signed: Signed) -> Response:
        """Nothing is here, or nothing of theirs."""
        return self.desk.pages.problem(404, "desk.refused.unknown", signed.account.language)

    def case(self, signed: Signed, reference: str) -> Case:
        """A case of their territory. Raises NotHereError, ErasedCaseError."""
        planning = self.planning()
        try:
            with planning.desk.store.households(planning.desk.vault) as households:
                case = households.case(name_in(reference))
        except UnknownCaseError:
            raise NotHereError from None
        except ErasedCaseError:
            if self.lists.case_of(reference, territory_of(signed)) is None:
                raise NotHereError from None
            raise
        if not signed.account.sees(case.territory):
            raise NotHereError
        return case

    def visitor_page(self, reference: str) -> str:
        """The path of the page by which a visitor follows a case."""
        return followup_address(reference, self.secret, "")

    async def dress(self, _request: Request) -> Response:
        """The style, which any browser may have: it says nothing of anybody."""
        headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self.style, headers=headers, media_type="text/css")

    @property
    def style_address(self) -> str:
        return f"{STYLE}?{hashlib.sha256(self.style).hexdigest()[:16]}"


def room_of(
    desk: DeskPages,
    planning: Callable[[], Planning],
    lists: CaseLists,
    territories: Callable[[str | None], Territory | None],
    voices: Callable[[], Collection[str]],
    listening: Listening,
    links: tuple[str, str],
    clock: Clock,
) -> Room:
    """The room over its templates. ``links``: the secret that signs them, and what they begin with."""
    environment = desk.beside(HERE, CASE)
    own = {"capitalized": capitalized, "day": _day, "moment": _moment}
    environment.filters = {**desk.pages.environment.filters, **own}
    style = (CASE / "case.css").read_bytes() + (HERE / "casework.css").read_bytes()
    return Room(desk, environment, planning, lists, territories, voices, listening, *links, style, clock)


def _place(path: str) -> str:
    """Which of the places a page belongs to: what is of no other is of a case."""
    return next((home for home, _ in PLACES[1:] if path == home or path.startswith(f"{home}/")), HOME)


def _day(moment: datetime) -> str:
    """A moment's civil day, as the templates write it."""
    return f"{moment.astimezone(planning_values().timezone):%d/%m/%Y}"


def _moment(moment: datetime) -> str:
    """A moment's civil day and hour."""
    return f"{moment.astimezone(planning_values().timezone):%d/%m/%Y %H:%M}"


def name_in(given: str | None) -> str:
    """An id as it came in an address; empty for what could be none of ours."""
    return given if given and NAME.fullmatch(given) else ""


def territory_of(signed: Signed) -> str:
    """The territory that they work for: the gate lets nobody else in."""
    return signed.account.territory or ""


def words_of(signed: Signed) -> Wording:
    return wording(signed.account.language)


def seen_again(address: str) -> Response:
    """After a change: the page that shows it."""
    return RedirectResponse(address, 303, {**SECURITY_HEADERS, **PRIVATE_ADDRESS, "Cache-Control": "no-store"})
