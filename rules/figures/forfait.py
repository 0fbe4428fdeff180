"""The forfait and its tranches (statements 4, 6): every amount that a reading of the text gives, none of them chosen.

A2 asks for which households 300 EUR are given, A3 what « 50 EUR par 10 % de ménages supplémentaires » means. A share
asks for its number of households rounded up, since the text says « au moins ».
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product

from rules.figures.counts import Counts
from rules.figures.figures import SR_FLOOR, SR_OF, required

BASE = 300  # EUR for each household (statement 4)
TRANCHE = 50  # EUR for each tranche (statement 6)
STEPS = {"points": Fraction(10, 100), "of_floor": SR_FLOOR * Fraction(10, 100)}
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "raised": ("nobody", "everybody", "supplementary"),
    "basis": ("achieved", "contracted"),
    "partial": ("nothing", "pro_rata", "whole"),
    "tranches": ("one", "several"),
    "step": tuple(STEPS),
}
Box = Mapping[str, frozenset[str]]
Sets = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """One value for each dimension that the text leaves open (A3).

    ``raised``: who gets more: nobody (no tranche chosen), everybody (R1), the supplementary households alone (R2).
    ``basis``: what is paid, the share achieved or the share contracted. ``partial``: what a tranche that is begun
    gives (R3). ``tranches``: one at most, or several. ``step``: 10 points of the whole, or 10 % of the 20 %.
    """

    raised: str
    basis: str
    partial: str
    tranches: str
    step: str


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in EUR and the readings that give it. A box is the values that each dimension may take."""

    euros: Fraction
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Forfait:
    """The amounts when 300 EUR are given for each household of ``per`` (A2), the least first.

    The share with SR is of these same households. ``missing``: the counts without which some readings, or all,
    cannot be reckoned.
    """

    per: str
    households: int | None
    base: int | None
    amounts: tuple[Amount, ...]
    missing: tuple[str, ...]

    @property
    def spread(self) -> tuple[Fraction, Fraction] | None:
        """The least and the greatest amount, of the readings that can be reckoned."""
        return (self.amounts[0].euros, self.amounts[-1].euros) if self.amounts else None


def forfaits(counts: Counts) -> tuple[Forfait, ...]:
    """The amounts under each reading of « par ménage »: followed, visited, contracted (A2)."""
    return tuple(_forfait(counts, per) for per in SR_OF)


def mixed_spread(counts: Counts) -> tuple[Fraction, Fraction] | None:
    """The least and the greatest amount, when « par ménage » (A2) and « ménages suivis » (A1) may differ too."""
    known = [of for of in SR_OF if counts.number(of) is not None]
    all_choices = list(_every(values_open(counts)))
    amounts = {euros(counts, per, of, c) for per, of in product(known, known) for c in all_choices}
    return (min(amounts), max(amounts)) if amounts else None


def wanted(counts: Counts) -> tuple[str, ...]:
    """The counts that all readings of the forfait need; the SR count for nothing where no tranche was contracted."""
    return SR_OF if counts.target == SR_FLOOR else (*SR_OF, "with_sr")


def values_open(counts: Counts) -> Mapping[str, tuple[str, ...]]:
    """Each dimension with the values that these counts leave open and that can be reckoned.

    Without a contracted share a tranche may have been chosen or not; with one of more than 20 % it was.
    """
    known = {"achieved": counts.with_sr is not None, "contracted": counts.target is not None}
    found = {**DIMENSIONS, "basis": tuple(basis for basis in DIMENSIONS["basis"] if known[basis])}
    if counts.target is not None and counts.target > SR_FLOOR:
        found["raised"] = ("everybody", "supplementary")
    elif counts.target is not None or not found["basis"]:
        found |= {"raised": ("nobody",), "basis": DIMENSIONS["basis"][:1]}
    return found


def euros(counts: Counts, per: str, share_of: str, choices: Choices) -> Fraction:
    """The amount under one reading, exact: 300 EUR for each of ``per``, tranches on the share of ``share_of``.

    The counts it needs must be known (see ``values_open``).
    """
    households, whole = counts.number(per) or 0, counts.number(share_of) or 0
    base = Fraction(BASE * households)
    if choices.raised == "nobody" or not whole:
        return base
    with_sr = counts.with_sr or 0
    if choices.basis == "contracted" and counts.target is not None:
        with_sr = required(counts.target, whole, "up")
    if choices.raised == "everybody":
        return base + TRANCHE * households * tranches(with_sr, whole, choices)
    return base + TRANCHE * supplementary(with_sr, whole, choices)


def tranches(with_sr: int, whole: int, choices: Choices) -> Fraction:
    """How many tranches are paid: the complete ones, and nothing, a part or the whole of one begun (R3).

    The first household beyond the number that the last complete tranche asks for begins the next.
    """
    complete = _complete(with_sr, whole, choices)
    if complete < 0:
        return Fraction(0)
    here, beyond = _asked(complete, whole, choices), _asked(complete + 1, whole, choices)
    begun = Fraction(with_sr - here, beyond - here)
    part = {"nothing": Fraction(0), "pro_rata": begun, "whole": Fraction(begun > 0)}[choices.partial]
    return min(complete + part, Fraction(1)) if choices.tranches == "one" else complete + part


def supplementary(with_sr: int, whole: int, choices: Choices) -> int:
    """How many households beyond 20 % are paid for (R2): those of complete tranches where one begun gives nothing."""
    complete = _complete(with_sr, whole, choices)
    if complete < 0:
        return 0
    if choices.tranches == "one":
        with_sr, complete = min(with_sr, _asked(1, whole, choices)), min(complete, 1)
    paid = _asked(complete, whole, choices) if choices.partial == "nothing" else with_sr
    return paid - _asked(0, whole, choices)


def _asked(tranche: int, whole: int, choices: Choices) -> int:
    """How many households with SR complete that many tranches above 20 %."""
    return required(SR_FLOOR + tranche * STEPS[choices.step], whole, "up")


def _complete(with_sr: int, whole: int, choices: Choices) -> int:
    """How many tranches are complete; negative under 20 %."""
    return (Fraction(with_sr, whole) - SR_FLOOR) // STEPS[choices.step]


def _forfait(counts: Counts, per: str) -> Forfait:
    households = counts.number(per)
    if households is None:
        return Forfait(per, None, None, (), (per,))
    found: dict[Fraction, list[Choices]] = defaultdict(list)
    for choices in _every(values_open(counts)):
        found[euros(counts, per, per, choices)].append(choices)
    amounts = tuple(Amount(amount, boxes(found[amount])) for amount in sorted(found))
    missing = counts.missing(("with_sr",)) if "with_sr" in wanted(counts) else ()
    return Forfait(per, households, BASE * households, amounts, missing)


def _every(values: Mapping[str, tuple[str, ...]]) -> Iterator[Choices]:
    return (Choices(*one) for one in product(*(values[name] for name in DIMENSIONS)))


def boxes(readings: Iterable[Choices]) -> tuple[Box, ...]:
    """Readings told together, in as few boxes as merging them dimension by dimension gives.

    The boxes hold exactly the readings given, each once. No tranche is a box of its own: the rest means nothing there.
    """
    names = tuple(DIMENSIONS)
    single = {tuple(frozenset((getattr(one, name),)) for name in names) for one in readings}
    without = {box for box in single if box[0] == {"nobody"}}
    merged = _fewest(without) | _fewest(single - without)
    ordered = sorted(merged, key=lambda box: [box[0] != {"nobody"}, *(sorted(values) for values in box)])
    return tuple(dict(zip(names, box, strict=True)) for box in ordered)


def _fewest(found: set[Sets]) -> set[Sets]:
    return min((_merged(found, order) for order in permutations(range(len(DIMENSIONS)))), key=len)


def _merged(found: set[Sets], order: Iterable[int]) -> set[Sets]:
    """Boxes that differ in one dimension alone become one, dimension after dimension in this order."""
    for i in order:
        together: dict[tuple[Sets, Sets], frozenset[str]] = defaultdict(frozenset)
        for box in found:
            together[box[:i], box[i + 1 :]] |= box[i]
        found = {(*before, values, *after) for (before, after), values in together.items()}
    return found
