"""« 1 an après » (A5): how far each N+1 that was done is from every day that the year may be counted from.

The text names the DST (statement 14), the first visit (17), the last visit (22) and the end of the SR (24), and says
neither how exact the year is nor which mark goes first. So each mark has its own figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

MARKS: Mapping[str, int] = {"date_dst": 14, "date_premiere_visite": 17, "date_derniere_visite": 22, "date_fin_sr": 24}


@dataclass(frozen=True, slots=True)
class Anniversary:
    """The N+1s against 12 months after one mark.

    ``known``: households with both dates, ``without``: those whose mark has no date. ``exact``: to the day,
    ``reached``: 12 months or more. ``earliest`` and ``latest``: days before (negative) or after the 12 months,
    which an « about a year » would have to hold; None where no household has both dates.
    """

    mark: str
    statement: int
    known: int = 0
    without: int = 0
    exact: int = 0
    reached: int = 0
    earliest: int | None = None
    latest: int | None = None

    def with_n1(self, marked: date | None, done: date) -> Anniversary:
        """These figures with one more N+1, done that day; ``marked``: its household's day of the mark."""
        if marked is None:
            return Anniversary(
                self.mark, self.statement, self.known, self.without + 1,
                self.exact, self.reached, self.earliest, self.latest,
            )  # fmt: skip
        days = (done - a_year_after(marked)).days
        return Anniversary(
            self.mark,
            self.statement,
            self.known + 1,
            self.without,
            self.exact + (days == 0),
            self.reached + (days >= 0),
            days if self.earliest is None else min(self.earliest, days),
            days if self.latest is None else max(self.latest, days),
        )


def a_year_after(day: date) -> date:
    """12 calendar months later; 28 February for a 29 February, which the text says nothing about."""
    return day + relativedelta(months=12)


def no_anniversaries() -> tuple[Anniversary, ...]:
    """The figures of each mark before any household."""
    return tuple(Anniversary(mark, statement) for mark, statement in MARKS.items())
