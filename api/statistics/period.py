"""The days that figures are of: from one to another, both counted, and the ISO weeks that they touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from api.storage.question_days import zone

PRESETS: Mapping[str, int] = {"weeks": 28, "quarter": 91, "year": 364}
USUAL = "quarter"
LONGEST = 3 * 366


class PeriodError(ValueError):
    """A period that cannot be; the message is a catalog message."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both counted."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The moment after its last."""
        return midnight(self.last + timedelta(days=1))

    @property
    def weeks(self) -> list[date]:
        """The Mondays of the weeks that it touches."""
        monday, found = monday_of(self.first), []
        while monday <= self.last:
            found.append(monday)
            monday += timedelta(days=7)
        return found


def midnight(day: date) -> datetime:
    """The moment at which a day begins where the visitors are."""
    return datetime.combine(day, time(), zone()).astimezone(UTC)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def read_period(first: str, last: str, preset: str, today: date) -> Period:
    """What was asked for; the usual period where nothing was. Raises PeriodError.

    A preset ends today: 4, 13 or 52 whole weeks of days.
    """
    if not first and not last:
        days = PRESETS.get(preset, PRESETS[USUAL])
        return Period(today - timedelta(days=days - 1), today)
    try:
        end = date.fromisoformat(last) if last else today
        begin = date.fromisoformat(first) if first else end - timedelta(days=PRESETS[USUAL] - 1)
    except (ValueError, OverflowError):
        raise PeriodError("statistics.refused.day") from None
    if begin > end:
        raise PeriodError("statistics.refused.order")
    if (end - begin).days > LONGEST or begin.year < 2000 or end.year > 2100:
        raise PeriodError("statistics.refused.long")
    return Period(begin, end)
