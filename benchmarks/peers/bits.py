"""A line of the table as bits: a row has one bit a trait set, and a line fits where none of them is a forbidden one.

For engines that compare a whole word as fast as a column: a line costs two operations instead of one a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.table import Line, lines
from rules.model import Ruleset

WIDTH = 64


@dataclass(frozen=True, slots=True)
class Bits:
    """``places``: for each trait that a line looks at, its word and the place of its first value's bit in it."""

    places: dict[str, tuple[int, int]]
    words: int
    lines: tuple[tuple[tuple[int, ...], str], ...]


def bits(ruleset: Ruleset) -> Bits:
    """The table's lines as forbidden bits, word by word, each with its outcome."""
    table = lines(ruleset)
    places: dict[str, tuple[int, int]] = {}
    word, place = 0, 0
    for trait in dict.fromkeys(trait for cells, _ in table for trait in cells):
        size = len(ruleset.traits[trait].domain)
        if place + size > WIDTH:
            word, place = word + 1, 0
        places[trait] = (word, place)
        place += size
    return Bits(places, word + 1, tuple((_forbidden(line, places, ruleset, word + 1), line[1]) for line in table))


def _forbidden(line: Line, places: dict[str, tuple[int, int]], ruleset: Ruleset, words: int) -> tuple[int, ...]:
    forbidden = [0] * words
    for trait, values in line[0].items():
        word, place = places[trait]
        for number, value in enumerate(ruleset.traits[trait].domain):
            if value not in values:
                forbidden[word] |= 1 << (place + number)
    return tuple(forbidden)
