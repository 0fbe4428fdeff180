"""Weeks and months as they are named: « la semaine dernière », « mi-février », « fin du mois », « 10/2025 »."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.understanding.choosing import LAST, which
from bot.understanding.intervals import Interval, Times, month, week
from bot.understanding.month_names import month_number
from bot.understanding.named_days import day_of_month_named
from bot.understanding.numbers import NUMBER
from rules.vocabulary import months_before


def week_named(found: re.Match[str], today: date) -> Times | None:
    way, part = found["way"], found["part"]
    if found["the"] and not way:
        return None
    shift = 0 if not way else -7 if re.fullmatch(LAST, way) else 7
    whole = week(today + timedelta(days=shift))
    if part:
        ends = {"debut": (0, 2), "mi": (1, 3), "milieu": (1, 3), "fin": (3, 6)}[part]
        whole = Interval(whole.first + timedelta(days=ends[0]), whole.first + timedelta(days=ends[1]))
    return Times.fixed(whole) if shift else running(whole, today)


def weekend(found: re.Match[str], today: date) -> Times | None:
    shift = 0 if not found["way"] else -7 if re.fullmatch(LAST, found["way"]) else 7
    first = week(today).first
    whole = Interval(first + timedelta(days=5 + shift), first + timedelta(days=6 + shift))
    return Times.fixed(whole) if shift else running(whole, today)


def week_of(found: re.Match[str], today: date) -> Times | None:
    times = day_of_month_named(found, today)
    if times is None:
        return None
    weeks = [week(t.first) if t and t.first else None for t in (times.past, times.future)]
    return Times(weeks[0], weeks[1])


def running(whole: Interval, today: date) -> Times:
    """A stretch around today: what is over of it, and what is to come."""
    past = Interval(whole.first, min(today, whole.last)) if whole.first <= today else None
    future = Interval(max(today, whole.first), whole.last) if today <= whole.last else None
    return Times(past, future)


def month_from_today(found: re.Match[str], today: date) -> Times | None:
    way, part = found["way"], part_of(found)
    if not part and not way and not found[0].startswith("ce"):
        return None
    shift = 0 if not way else 1 if re.fullmatch(LAST, way) else -1
    first = months_before(today.replace(day=1), shift)
    whole = month(first.year, first.month, part)
    if shift:
        return Times.fixed(whole)
    if part and not (found["this"] or "").startswith("ce"):  # « fin du mois »: of this one, or of the one that is over
        return Times(None, whole) if whole.last and today <= whole.last else None
    return running(whole, today)


def part_of(found: re.Match[str]) -> str:
    part = (found.groupdict().get("part") or "").removeprefix("toute ").removeprefix("tout ")
    return {"milieu": "mi", "courant": ""}.get(part, part)


def month_named(found: re.Match[str], today: date) -> Times | None:
    m = month_number(found["month"])
    if not _plain_month(found):
        return None
    return which(lambda y: month(y, m, part_of(found)), found, today)


_CALLS_FOR_ONE = re.compile(
    r"\b(?:(?:en|d|de|depuis|mois de|mois d|jusqu en|jusqu a|a partir de|entre|et|ou|a|vers|des|avant|apres|dst|"
    r"visites?|visitee?|diagnostics?|contact|appel|initiale?|evaluation|passage|sr|technique|n ?\+ ?1|rendez vous|"
    r"pour|courant|fait|faite|termine|fini|commence|du|rencontre|suivi))[ :,(>]*$"
)
_A_DAY = re.compile(rf"\b(?:1er|premier|{NUMBER}) $")  # of a day that the month has not: « 30 février »
_NAME = re.compile(
    r"\b(?:mme|mlle|m|mr|monsieur|madame|famille|rue|place|avenue|boulevard|cours|docteur|dr|prenom) (?:d[eu] )?$"
)


def _plain_month(found: re.Match[str]) -> bool:
    """Whether it stands where a month does: « mars » may be a planet, « Mme Avril » is a person."""
    before = found.string[: found.start()]
    if _NAME.search(before) or _A_DAY.search(before):
        return False
    told = found["part"] or any(found.groupdict().get(g) for g in ("year", "lastyear", "thisyear", "nextyear", "way"))
    return bool(told or _CALLS_FOR_ONE.search(before))


def month_in_figures(found: re.Match[str], today: date) -> Times | None:
    m = int(found["month"])
    return Times.fixed(month(int(found["year"]), m)) if 1 <= m <= 12 else None
