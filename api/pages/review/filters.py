"""The filters of the queue, as they stand in the address: what was chosen, what could not be read, and back again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from api.access.roles import NATIONAL, Account
from api.review.rank import RANKS
from api.storage.review_queue import ORDER, Place, Wanted
from api.storage.reviews import STATES, WAITING
from bot.channels.web_page.requests import TERRITORY

PARIS = ZoneInfo("Europe/Paris")
ALL = "all"
MINE, FREE, SECOND = "mine", "free", "second"
WHO = (MINE, FREE, SECOND)
MISSIONS = ("soutien_renforce", "suivi_n1", "evaluation", "diagnostic_orientation", "amont", "aucune")
REASONS = ("text_silent", "threshold_undefined", "facts_missing", "facts_contradictory", "territory_option")
_PLACE = re.compile(r"([a-z_]{1,16})\.(\d)\.(\d{1,18})\.(\d{1,18})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was chosen; "" for nothing. ``since`` and ``until``: days of Paris, both within.

    ``after``, ``before``: the place where the page begins. ``unread``: what the address said and could not be read.
    """

    state: str = ""
    who: str = ""
    territory: str = ""
    mission: str = ""
    reason: str = ""
    language: str = ""
    channel: str = ""
    since: date | None = None
    until: date | None = None
    after: Place | None = None
    before: Place | None = None
    unread: tuple[tuple[str, str], ...] = ()

    def wanted(self, by: Account) -> Wanted:
        """The questions that an account asks for; its scope is for who reads them to keep."""
        return Wanted(
            states=ORDER if self.state == ALL else (self.state or WAITING,),
            territory=self.territory or None,
            mission=self.mission or None,
            reason=self.reason or None,
            language=self.language or None,
            channel=self.channel or None,
            since=_midnight(self.since),
            until=_midnight(self.until + timedelta(days=1)) if self.until else None,
            assignee=by.id if self.who == MINE else None,
            free=self.who == FREE,
            second=self.who == SECOND,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state is chosen."""
        names = ("who", "territory", "mission", "reason", "language", "channel", "since", "until")
        return any(getattr(self, name) for name in names)

    def query(self, *, paged: bool = True) -> str:
        """The part of an address from « ? » on that says it; "" where nothing is chosen."""
        said = {_PARAMETERS[name]: getattr(self, name) for name in _PARAMETERS}
        if paged:
            said |= {"apres": place_said(self.after), "avant": place_said(self.before)}
        found = {name: str(value) for name, value in said.items() if value}
        return f"?{urlencode(found)}" if found else ""

    def at(self, *, after: Place | None = None, before: Place | None = None) -> Chosen:
        """The same list, another page of it."""
        return replace(self, after=after, before=before)


_PARAMETERS = {
    "state": "etat",
    "who": "qui",
    "territory": "territoire",
    "mission": "mission",
    "reason": "raison",
    "language": "langue",
    "channel": "canal",
    "since": "du",
    "until": "au",
}


def read_chosen(query: Mapping[str, str], by: Account) -> Chosen:
    """What an address says. A value that there cannot be is left out, and said in ``unread``."""
    unread: list[tuple[str, str]] = []
    found: dict[str, str] = {}
    for name, known in {"state": (*STATES, ALL), "who": WHO, "mission": MISSIONS, "reason": REASONS}.items():
        found[name] = _one_of(query, _PARAMETERS[name], known, unread)
    for name in ("territory", "language", "channel"):
        value = query.get(_PARAMETERS[name], "").strip()
        found[name] = value if TERRITORY.fullmatch(value) else ""
    if by.role == NATIONAL:
        found["who"] = ""
    else:
        found["territory"] = ""
    since, until = _day(query, "du", unread), _day(query, "au", unread)
    if since and until and until < since:
        unread.append(("order", f"{since.isoformat()} > {until.isoformat()}"))
        until = None
    after, before = place_of(query.get("apres", "")), place_of(query.get("avant", ""))
    return Chosen(since=since, until=until, after=after, before=before, unread=tuple(unread), **found)


def place_said(place: Place | None) -> str:
    """A place as it stands in an address."""
    if place is None:
        return ""
    micros = (place.asked_at - _EPOCH) // timedelta(microseconds=1)
    return f"{place.state}.{place.rank}.{micros}.{place.enquiry}"


def place_of(said: str) -> Place | None:
    """The place that an address says, or None."""
    found = _PLACE.fullmatch(said)
    if found is None or found[1] not in STATES or int(found[2]) not in RANKS:
        return None
    try:
        return Place(found[1], int(found[2]), _EPOCH + timedelta(microseconds=int(found[3])), int(found[4]))
    except OverflowError:
        return None


def _one_of(query: Mapping[str, str], name: str, known: tuple[str, ...], unread: list[tuple[str, str]]) -> str:
    value = query.get(name, "").strip()
    if value and value not in known:
        unread.append((name, value[:40]))
    return value if value in known else ""


def _day(query: Mapping[str, str], name: str, unread: list[tuple[str, str]]) -> date | None:
    value = query.get(name, "").strip()
    try:
        found = date.fromisoformat(value) if value else None
        if found is not None and not 2000 <= found.year <= 2200:
            raise ValueError(value)
    except ValueError:
        unread.append((name, value[:40]))
        return None
    return found


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), PARIS).astimezone(UTC) if day else None
