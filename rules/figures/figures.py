"""The figures of the contract, each reading of the text with its name.

The text gives the shares (statements 4 and 15) and leaves the arithmetic open (ambiguities A1, A4 and A13): what the
share is of, what counts, how it is rounded. Nothing here chooses between the readings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from rules.figures.counts import Counts

SR_FLOOR = Fraction(20, 100)
N1_FLOOR = Fraction(15, 100)
ROUNDINGS = ("up", "down")
SR_OF = ("followed", "visited", "contracted")
N1_OF = ("beneficiaries", "beneficiaries_year", "cohort", "followed")
N1_COUNTED = (
    ("n1_done",),
    ("n1_done", "n1_planned"),
    ("n1_done", "n1_planned", "n1_refused", "n1_unreached"),
)
# A target is not a set of households, and a cohort or a year is not where each N+1 of the period comes from.
HOLDS_ALL = {("with_sr",): ("followed", "visited")} | dict.fromkeys(N1_COUNTED, ("beneficiaries",))


@dataclass(frozen=True, slots=True)
class Requirement:
    """How many households a share asks for. ``rounding``: up (« au moins », to the letter) or down.

    ``lacking``: how many more are needed, 0 when it is reached, None when nobody can tell.
    """

    rounding: str
    number: int
    lacking: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a share that the text asks for, and what it gives.

    ``counted`` over ``of`` against ``threshold``; each is a name of Counts. ``status``: met, not_met, rounding (it
    hangs on the rounding) or unknown. Unknown because counts are ``missing``, or because what is counted is more than
    what it is counted in (``clash``), or because there is no household.
    """

    id: str
    ambiguities: tuple[str, ...]
    statements: tuple[int, ...]
    counted: tuple[str, ...]
    of: str
    threshold: Fraction
    numerator: int | None
    denominator: int | None
    share: Fraction | None
    required: tuple[Requirement, ...]
    status: str
    missing: tuple[str, ...]
    clash: bool


@dataclass(frozen=True, slots=True)
class N1:
    """The readings of the N+1 share. ``option``: taken, not_taken or unknown; without the option, no reading."""

    option: str
    readings: tuple[Reading, ...]


def required(threshold: Fraction, households: int, rounding: str) -> int:
    """How many of these households the share is: 20 % of 47 is 10 rounded up, 9 rounded down (A1)."""
    exact = threshold * households
    return math.ceil(exact) if rounding == "up" else math.floor(exact)


def sr_readings(counts: Counts) -> tuple[Reading, ...]:
    """The share of households with SR against 20 % (statements 4, 5; A1), and against the contracted share (6).

    Counts households, not SR: that is the letter of the text.
    """
    readings = [_read(counts, f"sr.{of}", ("A1",), (4, 5), ("with_sr",), of, SR_FLOOR) for of in SR_OF]
    if counts.target is not None and counts.target > SR_FLOOR:
        of_target = [_read(counts, f"target.{of}", ("A1", "A3"), (6,), ("with_sr",), of, counts.target) for of in SR_OF]
        readings += of_target
    return tuple(readings)


def n1_readings(counts: Counts) -> N1:
    """The share of households with N+1 against 15 %, where the option is taken (statements 13, 15, 33; A4, A13).

    To the letter (14) only an N+1 that was done counts; A13 asks from when it is under way.
    """
    if counts.option_n1 is not True:
        return N1("unknown" if counts.option_n1 is None else "not_taken", ())
    return N1("taken", tuple(_n1(counts, counted, of) for of in N1_OF for counted in N1_COUNTED))


def _n1(counts: Counts, counted: tuple[str, ...], of: str) -> Reading:
    name = {1: "done", 2: "arranged", 4: "called"}[len(counted)]
    ambiguities = ("A4",) if name == "done" else ("A4", "A13")
    statements = (13, 14, 15, 33) if name == "done" else (13, 15, 22, 33)
    return _read(counts, f"n1.{of}.{name}", ambiguities, statements, counted, of, N1_FLOOR)


def _read(
    counts: Counts,
    name: str,
    ambiguities: tuple[str, ...],
    statements: tuple[int, ...],
    counted: tuple[str, ...],
    of: str,
    threshold: Fraction,
) -> Reading:
    missing = counts.missing((*counted, of))
    whole = counts.number(of)
    known = not counts.missing(counted)
    part = sum(counts.number(one) or 0 for one in counted) if known else None
    clash = part is not None and whole is not None and part > whole and of in HOLDS_ALL[counted]
    told = part is not None and bool(whole) and not clash
    needed = tuple(_requirement(threshold, whole, r, part if told else None) for r in ROUNDINGS) if whole else ()
    share = Fraction(part, whole) if told and part is not None and whole else None
    return Reading(
        name, ambiguities, statements, counted, of, threshold,
        part, whole, share, needed, _status(needed) if told else "unknown", missing, clash,
    )  # fmt: skip


def _requirement(threshold: Fraction, whole: int, rounding: str, part: int | None) -> Requirement:
    number = required(threshold, whole, rounding)
    return Requirement(rounding, number, None if part is None else max(0, number - part))


def _status(needed: tuple[Requirement, ...]) -> str:
    reached = {one.lacking == 0 for one in needed}
    return "rounding" if len(reached) > 1 else "met" if reached == {True} else "not_met"
