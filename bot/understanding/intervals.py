"""Stretches of days, and those of the French calendar: parts of a month, seasons, feasts."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.vocabulary import months_before

FIRST_YEAR, LAST_YEAR = 2000, 2100
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``first`` to ``last``, both included; None: no bound is known on that side."""

    first: date | None
    last: date | None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def day(one: date) -> Interval:
    return Interval(one, one)


def date_of(year: int, month: int, number: int) -> date | None:
    """That day, or None where the calendar has none (31 April)."""
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return None
    return date(year, month, number) if 1 <= number <= monthrange(year, month)[1] else None


def hull(one: Interval, other: Interval) -> Interval:
    """From the first day of both to the last day of both."""
    firsts, lasts = (one.first, other.first), (one.last, other.last)
    first = None if None in firsts else min(d for d in firsts if d)
    return Interval(first, None if None in lasts else max(d for d in lasts if d))


def month(year: int, number: int, part: str = "") -> Interval:
    """A month or a part of one. « Début », « mi- » and « fin » reach over each other: nobody counts the days."""
    end = monthrange(year, number)[1]
    first, last = {"debut": (1, 12), "mi": (9, 21), "fin": (19, end)}.get(part, (1, end))
    return Interval(date(year, number, first), date(year, number, last))


def year(number: int, part: str = "") -> Interval:
    first, last = {"debut": (1, 4), "mi": (5, 8), "fin": (9, 12)}.get(part, (1, 12))
    return Interval(date(number, first, 1), month(number, last).last)


def week(of: date) -> Interval:
    """From Monday to Sunday."""
    monday = of - timedelta(days=of.weekday())
    return Interval(monday, monday + timedelta(days=6))


SEASONS = {"printemps": (3, 6), "ete": (6, 9), "automne": (9, 12), "hiver": (12, 3)}


def season(name: str, starting: int) -> Interval:
    """The season that starts in that year, with all the months that it touches."""
    first, last = SEASONS[name]
    return Interval(date(starting, first, 1), month(starting + (last < first), last).last)


def easter(of_year: int) -> date:
    """Easter Sunday (the anonymous Gregorian computus)."""
    a, b, c = of_year % 19, of_year // 100, of_year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(of_year, f // 31, f % 31 + 1)


def _around(when: Callable[[int], date], before: int, after: int) -> Callable[[int], Interval]:
    return lambda y: Interval(when(y) - before * _DAY, when(y) + after * _DAY)


# The days that « à Noël » or « à la rentrée » may mean; the feast itself is what « avant » and « après » are told from.
FEASTS: dict[str, tuple[Callable[[int], Interval], Callable[[int], date]]] = {
    "noel": (_around(lambda y: date(y, 12, 25), 6, 7), lambda y: date(y, 12, 25)),
    "fetes": (_around(lambda y: date(y, 12, 25), 8, 12), lambda y: date(y, 12, 25)),
    "nouvel an": (_around(lambda y: date(y, 1, 1), 3, 4), lambda y: date(y, 1, 1)),
    "paques": (_around(easter, 7, 7), easter),
    "toussaint": (_around(lambda y: date(y, 11, 1), 14, 7), lambda y: date(y, 11, 1)),
    "rentree": (_around(lambda y: date(y, 9, 1), 7, 29), lambda y: date(y, 9, 1)),
}


@dataclass(frozen=True, slots=True)
class Times:
    """What words may mean of the past, and of what is to come; None: no such day, or no telling which."""

    past: Interval | None
    future: Interval | None

    @staticmethod
    def fixed(one: Interval | None) -> Times:
        """The same whatever the tense."""
        return Times(one, one)


def nearest(candidates: Iterable[Interval | None], today: date) -> Times:
    """The latest that is over and the earliest that is to come.

    Of one that is running the rest is to come; told of the past, it is not sure that it is meant.
    """
    known = sorted((c for c in candidates if c), key=lambda c: c.first or date.min)
    running = [c for c in known if c.first and c.last and c.first <= today < c.last]
    past = [c for c in known if c.last and c.last <= today]
    coming = [c for c in known if c.first and c.first >= today]
    if running:
        return Times(None, Interval(today, running[-1].last))
    return Times(past[-1] if past else None, coming[0] if coming else None)


@dataclass(frozen=True, slots=True)
class Amount:
    """Calendar months, then days."""

    months: int = 0
    days: int = 0

    def before(self, today: date) -> date:
        return months_before(today, self.months) - self.days * _DAY

    def after(self, today: date) -> date:
        return months_before(today, -self.months) + self.days * _DAY


@dataclass(frozen=True, slots=True)
class Duration:
    """From ``least`` to ``most``, as loosely as it was said; None: « plus de », « moins de »."""

    least: Amount | None
    most: Amount | None

    def before(self, today: date) -> Interval:
        """The days that lie so long before, never after that day."""
        first = self.most.before(today) if self.most else None
        return Interval(first, min(self.least.before(today), today) if self.least else today)

    def after(self, today: date) -> Interval:
        """The days that lie so long after, never before that day."""
        last = self.most.after(today) if self.most else None
        return Interval(max(self.least.after(today), today) if self.least else today, last)
