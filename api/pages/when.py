"""A moment as a page writes it: the day in full and the time, as clocks in France show it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
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


def day_given(text: str) -> date | None:
    """A day as a form gives it (``2026-11-25``); None for anything else."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        return None


def beginning(day: date | None) -> datetime | None:
    """When a day begins where the clocks of France show it, in UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC) if day else None
