"""Delays before a contact and months of the year as they are said, each with its first and its last day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from babel import Locale
from babel.dates import get_month_names
from dateutil.relativedelta import relativedelta

LONGEST = {"weeks": 8, "months": 18, "years": 3}
# What a number of weeks, months or years says, at the least: « trois mois » may be a few days less, or more.
SLACK = {"weeks": timedelta(days=3), "months": timedelta(days=10), "years": timedelta(days=45)}
Span = tuple[str, date | None, date]


def times(contact: date, own: Mapping[str, Any], language: str) -> Iterator[Span]:
    """Phrases before ``plain``; a first day of None is no limit. ``own``: the language's words."""
    yield from _delays(contact, own["delays"])
    yield from _months(contact, own["months"], language)
    for phrase, (older, newer) in own["spans"].items():
        first = older and _ago(contact, older) + timedelta(days=1)
        yield phrase, first, _ago(contact, newer) - timedelta(days=1 if newer else 0)


def _delays(contact: date, own: Mapping[str, Any]) -> Iterator[Span]:
    for unit, longest in LONGEST.items():
        for count in range(1, longest + 1):
            delays = own[unit]["one"] if count == 1 else [own[unit]["other"].format(count=count)]
            day, slack = contact - relativedelta(**{unit: count}), SLACK[unit]  # type: ignore[arg-type]
            ways = [said.format(delay=delay) for delay in delays for said in own["said"]]
            yield from ((way, day - slack, min(day + slack, contact)) for way in ways)


def _months(contact: date, own: list[str], language: str) -> Iterator[Span]:
    for month, name in get_month_names("wide", locale=Locale.parse(language, sep="-")).items():
        for year in _years(contact, month):
            first = date(year, month, 1)
            last = min(first + relativedelta(months=1, days=-1), contact)
            yield from ((said.format(month=name), first, last) for said in own)


def _years(contact: date, month: int) -> tuple[int, ...]:
    """Of the month last gone by; the contact's own month is this one or that of a year ago."""
    if month == contact.month:
        return contact.year, contact.year - 1
    return (contact.year if month < contact.month else contact.year - 1,)


def _ago(contact: date, months: int) -> date:
    return contact - relativedelta(months=months)
