"""What comes round by the clock: of each moment one turn, also where the clock was moved or the machine slept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIMEZONE = ZoneInfo("Europe/Paris")
MORNING = time(6)
TEN_MINUTES = timedelta(minutes=10)

Moment = Callable[[datetime], datetime]
"""The newest moment of its kind that is not later than an instant."""


def morning(now: datetime) -> datetime:
    """Six o'clock in France."""
    here = now.astimezone(TIMEZONE)
    today = datetime.combine(here.date(), MORNING, TIMEZONE)
    return today if today <= here else datetime.combine(here.date() - timedelta(days=1), MORNING, TIMEZONE)


def ten_minutes(now: datetime) -> datetime:
    """The whole ten minutes."""
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)


def turn(name: str, moment: datetime) -> str:
    """The key of a turn: on one database, whoever adds it first has it run, and it runs once."""
    return f"{name}-{moment.astimezone(UTC).isoformat()}"
