"""Households added up to counts. A count that a blank cell leaves open is unknown, and the cell is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.figures.anniversaries import Anniversary, no_anniversaries
from rules.figures.counts import NUMBERS, Counts
from rules.figures.households import N1, Household

COLUMN_OF: Mapping[str, str] = {
    "visited": "visite",
    "followed": "suivi",
    "contracted": "conventionne",
    "beneficiaries_year": "beneficiaire",
    "beneficiaries": "beneficiaire",
    "with_sr": "nombre_sr",
    "sr_total": "nombre_sr",
}
OF_THE_YEAR = ("visited", "followed", "contracted", "beneficiaries_year")
N1_COUNTS = tuple(name for name in N1.values() if name)
LINES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Blank:
    """How many blank cells leave a count unknown, in which column, and the first of their lines.

    ``whole``: the column is blank from top to bottom, or not there.
    """

    count: str
    column: str
    cells: int
    lines: tuple[int, ...]
    whole: bool


@dataclass(slots=True)
class Tally:
    """Adds households up, one at a time and in any order, without keeping them.

    ``year``: only what belongs to that year: the households whose DST was done in it, and the N+1s dated in it. None:
    every line, as for a whole convention; then nothing is told of a year's beneficiaries or of a cohort.
    """

    year: int | None = None
    households: int = 0
    anniversaries: tuple[Anniversary, ...] = field(default_factory=no_anniversaries)
    _numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NUMBERS, 0))
    _blank: dict[tuple[str, str], int] = field(default_factory=dict)
    _lines: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, household: Household, line: int) -> None:
        """One household more; ``line`` is told where a blank cell leaves a count unknown."""
        self.households += 1
        belongs = True if self.year is None else _in_year(household, self.year)
        for name in OF_THE_YEAR:
            self._count(name, household.says(COLUMN_OF[name]), belongs, COLUMN_OF[name], line)
        sr = household.sr
        self._count("with_sr", None if sr is None else sr > 0, belongs, "nombre_sr", line)
        self._count("sr_total", sr, belongs, "nombre_sr", line)
        self._count("beneficiaries", household.says("beneficiaire"), True, "beneficiaire", line)
        if self.year is not None:
            self._count("cohort", True, _in_year(household, self.year - 1), "date_dst", line)
        self._add_n1(household, line)

    def counts(self) -> Counts:
        """The counts; one that a blank cell leaves open is unknown."""
        untold = {name for name, _ in self._blank} | ({"cohort", "beneficiaries_year"} if self.year is None else set())
        known = {name: n for name, n in self._numbers.items() if name not in untold}
        return Counts(**known)  # type: ignore[arg-type]

    def blanks(self) -> tuple[Blank, ...]:
        """Which counts blank cells leave unknown, and which cells."""
        return tuple(
            Blank(name, column, cells, tuple(sorted(self._lines[name, column])), cells == self.households)
            for (name, column), cells in sorted(self._blank.items())
            if self.year is not None or name != "beneficiaries_year"
        )

    def _add_n1(self, household: Household, line: int) -> None:
        said, day = household.cells.get("n1"), household.day("date_n1")
        belongs = True if self.year is None else None if day is None else day.year == self.year
        for name in N1_COUNTS:
            value = None if said is None else N1[str(said)] == name
            self._count(name, value, belongs, "n1" if value is None else "date_n1", line)
        if said == "realise" and day is not None and belongs:
            self.anniversaries = tuple(a.with_n1(household.day(a.mark), day) for a in self.anniversaries)

    def _count(self, name: str, value: int | None, belongs: bool | None, column: str, line: int) -> None:
        """Count a value where the household belongs; where nothing says whether it does, only nought is known."""
        if belongs is False or value == 0:
            return
        if value is not None and belongs:
            self._numbers[name] += value
            return
        blank = (name, column if value is None or column == "date_n1" else "date_dst")
        self._blank[blank] = self._blank.get(blank, 0) + 1
        lines = self._lines.setdefault(blank, [])
        lines.append(line)
        if len(lines) > LINES_SHOWN:
            lines.remove(max(lines))


def _in_year(household: Household, year: int) -> bool | None:
    """Whether the DST was done that year; None where nothing says when."""
    dst = household.day("date_dst")
    if dst is not None:
        return dst.year == year
    return False if household.says("visite") is False else None
