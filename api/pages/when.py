"""A moment as a page writes it: the day in full and the time, as clocks in France show it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time

ZONE = ZoneInfo("Europe/Paris")


def moments(language: str) -> Callable[[datetime], str]:
    """How a language writes a moment."""
    locale = Locale.parse(language, sep="-")

    def written(moment: datetime) -> str:
        there = moment.astimezone(ZONE)
        return f"{format_date(there, 'long', locale)}, {format_time(there, 'short', locale=locale)}"

    return written


def last_days(language: str) -> Callable[[datetime], str]:
    """How a language writes the last day before a moment."""
    locale = Locale.parse(language, sep="-")
    return lambda end: format_date((end - timedelta(seconds=1)).astimezone(ZONE), "long", locale)
