"""What is told of the past: the diagnostic among the visits, and since when there has been nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.understanding.clauses import Stretch, Told
from bot.understanding.intervals import Interval
from bot.understanding.matching import Statement

RECENT_VISIT, EARLIER = timedelta(days=10), timedelta(days=45)
DATED = ("date_dst", "date_fin_sr", "date_derniere_visite", "date_dernier_accompagnement")
_A_CONTACT = re.compile(
    r"[@~^=]|\b(?:appel\w*|rappel\w*|visite\w*|rendez|sms|mail|courrier|echange\w*|passage|passee?|vue?s?|revue?s?|relance\w*)\b"
)
_DIAGNOSTIC = re.compile(r"\b(?:dst|diagnostics?)\b")
_SECOND = re.compile(
    r"\b(?:(?:deuxieme|2eme|2e|seconde?|2nde?) (?:visite|passage|rendez vous)"
    r"|(?:la|une) (?:deuxieme|seconde|2eme|2nde)\b)"
)
_VISITS = re.compile(
    r"\b(?:deux|trois|plusieurs|quatre|[2-9]) (?:visites|passages|rendez vous)\b|(?<!pas )(?<!jamais )\brevue?s?\b"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that stands, and the places of its words."""

    fact: str
    value: object
    places: tuple[Stretch, ...]


def past_statements(said: list[Statement], told: Told, today: date) -> list[Stated]:
    """The facts of what is over."""
    facts = [s for s in said if s.pattern.role == "fact" and not s.pattern.visit and not s.pattern.since_last]
    facts = [s for s in facts if not _first_of_two(s, told) and not _just_now(s, today)]
    visits = [s for s in said if s.pattern.visit and not _first_of_two(s, told)]
    facts += _diagnostic_visit(visits, facts, told, today)
    stated = [one for s in facts for one in stated_by(s)]
    for silence in (s for s in said if s.pattern.since_last):
        stated += stated_by(silence)
        last = _last_dated(facts, silence, told)
        if last and silence.pattern.since_last:
            places = (last[1], (silence.start, silence.end))
            stated.append(Stated(silence.pattern.since_last, last[0], places))
    return stated


def stated_by(statement: Statement) -> list[Stated]:
    place = ((statement.start, statement.end),)
    return [Stated(f, v, place) for f, v in {**statement.facts, **statement.dates}.items()]


def _diagnostic_visit(visits: list[Statement], facts: list[Statement], told: Told, today: date) -> list[Statement]:
    """The one plain visit of a text is its diagnostic, where none is told and it is not of these days."""
    days = {s.dates["date_dst"] for s in visits}
    if len(days) != 1 or _VISITS.search(told.text) or told.language.missed.search(told.text):
        return []
    if any("date_dst" in s.dates or s.facts.get("dst") in ("pas_fait", "en_cours") for s in facts):
        return []
    visit = days.pop()
    if visit.last is None or visit.last >= today - RECENT_VISIT:
        return []
    if any(not (s.start <= m.start() < s.end) for m in _DIAGNOSTIC.finditer(told.text) for s in visits[:1]):
        return []
    if any(_before(s.dates.get("date_derniere_visite"), visit) for s in facts):
        return []
    return [replace(s, facts={"dst": "fait"}) for s in visits]


def _just_now(statement: Statement, today: date) -> bool:
    """An « earlier » N+1 or evaluation of these days may be the contact itself, called by its name."""
    days = statement.dates.get("date_n1_precedent") or statement.dates.get("date_derniere_evaluation")
    return bool(days and (days.last is None or days.last > today - EARLIER))


def _first_of_two(statement: Statement, told: Told) -> bool:
    """A first visit of two: the diagnostic may have taken both."""
    first = re.search(r"\b(?:premiere|1ere|1re) visite", told.text[statement.start : statement.end])
    return bool(first and _SECOND.search(told.text))


def _before(one: Interval | None, other: Interval) -> bool:
    return bool(one and one.last and other.first and one.last < other.first)


def _last_dated(facts: Iterable[Statement], silence: Statement, told: Told) -> tuple[Interval, Stretch] | None:
    """The last dated event before a silence, if nothing that may be another contact is told between."""
    dated = [
        (s, s.dates[f]) for s in facts for f in DATED if f in s.dates and s.start < silence.end and s.end <= silence.end
    ]
    if not dated:
        return None
    event, days = max(dated, key=lambda pair: pair[0].end)
    if any(
        other.last and days.first and other.last > days.first and other != days for s, other in dated if s is not event
    ):
        return None
    between = told.text[event.end : max(event.end, silence.start)]
    return None if _A_CONTACT.search(between) else (days, (event.start, event.end))
