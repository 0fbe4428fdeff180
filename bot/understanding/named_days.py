"""Days as they are named: « le 21 avril », « 21/04 », « jeudi prochain », « le 3 du mois dernier », « hier »."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.understanding.choosing import LAST, NEXT, which
from bot.understanding.intervals import Interval, Times, date_of, day, hull, nearest, week
from bot.understanding.month_names import month_number
from bot.understanding.numbers import number
from rules.vocabulary import months_before

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
HOUR = r"(?: (?:matin|soir|apres midi|midi))?"


def day_of_month_named(found: re.Match[str], today: date) -> Times | None:
    said = found["day"]
    n = 1 if said in ("1er", "premier") else number(said)
    m = month_number(found["month"])
    weekday = found["weekday"]

    def of(y: int) -> Interval | None:
        one = date_of(y, m, n)
        return day(one) if one and (not weekday or WEEKDAYS[one.weekday()] == weekday) else None

    return which(of, found, today)


def day_in_figures(found: re.Match[str], today: date) -> Times | None:
    n, m = int(found["day"]), int(found["month"])
    return which(lambda y: day(d) if (d := date_of(y, m, n)) else None, found, today)


def iso_day(found: re.Match[str], today: date) -> Times | None:
    one = date_of(int(found["year"]), int(found["month"]), int(found["day"]))
    return Times.fixed(day(one)) if one else None


def weekday(found: re.Match[str], today: date) -> Times | None:
    wanted = WEEKDAYS.index(found["weekday"])
    ahead = (wanted - today.weekday()) % 7
    coming = today + timedelta(days=ahead or 7)
    gone = today - timedelta(days=(7 - ahead) if ahead else 7)
    way = found["way"] or ""
    this = week(today)
    if found["week"]:
        step = -7 if re.search(LAST, found["week"]) else 7
        one = day(this.first + timedelta(days=wanted + step)) if this.first else None
        return Times.fixed(one)
    if found["fortnight"]:
        return Times.fixed(hull(day(coming + timedelta(days=7)), day(coming + timedelta(days=7))))
    if re.fullmatch(NEXT, way):
        return Times.fixed(hull(day(coming), day(coming + timedelta(days=7))) if coming in this else day(coming))
    if re.fullmatch(LAST, way):
        return Times.fixed(hull(day(gone - timedelta(days=7)), day(gone)) if gone in this else day(gone))
    return None if not ahead else Times(day(gone), day(coming))


def day_of_a_month(found: re.Match[str], today: date) -> Times | None:
    said = found["day"]
    n = 1 if said in ("1er", "premier") else int(said)
    months = [months_before(today.replace(day=1), step) for step in (2, 1, 0, -1, -2)]
    days = [day(d) for first in months if (d := date_of(first.year, first.month, n))]
    of = found["of"] or ""
    if "mois" in of and re.search(LAST, of):
        return Times.fixed(_in_month(days, months[1]))
    if "mois" in of and re.search(NEXT, of):
        return Times.fixed(_in_month(days, months[3]))
    times = nearest(days, today)
    if re.search(LAST, of):
        return Times(times.past, times.past)
    if re.search(NEXT, of):
        return Times(times.future, times.future)
    return times


def weekday_and_number(found: re.Match[str], today: date) -> Times | None:
    """« Jeudi 24 »: the nearest 24th that is a Thursday, on either side."""
    months = [months_before(today.replace(day=1), step) for step in (2, 1, 0, -1, -2)]
    days = (date_of(first.year, first.month, int(found["day"])) for first in months)
    return nearest([day(d) for d in days if d and WEEKDAYS[d.weekday()] == found["weekday"]], today)


def _in_month(days: list[Interval], first: date) -> Interval | None:
    return next((d for d in days if d.first and (d.first.year, d.first.month) == (first.year, first.month)), None)


def from_today(found: re.Match[str], today: date) -> Times:
    said = re.sub(HOUR + "$", "", found["said"]) if not found["said"].startswith("ce") else found["said"]
    shift = {"hier": -1, "avant hier": -2, "demain": 1, "apres demain": 2, "le lendemain": None}.get(said, 0)
    return Times.fixed(day(today + timedelta(days=shift or 0)))
