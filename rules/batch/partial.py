"""The table of outcomes where some traits are unknown: one more value a trait, and exact all the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from rules.algebra import Space

UNKNOWN = ""  # the value of a trait of which nothing is known; no trait has it of its own
IMPOSSIBLE, UNDECIDED = ("impossible",), ("undecided",)


def with_unknown(space: Space, table: int) -> tuple[Space, int]:
    """The table of outcomes over rows whose traits may be UNKNOWN, in a space of its own.

    Its value is the one outcome that the completions of a row have when those that are impossible are left out:
    IMPOSSIBLE where all are, UNDECIDED where there are several.
    """
    wider = Space(space.order, {trait: (*domain, UNKNOWN) for trait, domain in space.domains.items()})
    join = _joining(wider)
    done: dict[int, int] = {}

    def widened(number: int) -> int:
        if number not in done:
            level = space.levels[number]
            if level == space.end:
                done[number] = wider.leaf(space.values[number])
            else:
                children = tuple(map(widened, space.children[number]))
                done[number] = wider.node(level, (*children, reduce(join, children)))
        return done[number]

    return wider, widened(table)


def _joining(space: Space) -> Callable[[int, int], int]:
    """Two tables -> what is left when either may be the one that holds."""
    nothing, several = space.leaf(IMPOSSIBLE), space.leaf(UNDECIDED)
    done: dict[tuple[int, int], int] = {}

    def join(one: int, other: int) -> int:
        if one == other or other == nothing:
            return one
        if one == nothing:
            return other
        if several in (one, other):
            return several
        pair = (one, other) if one < other else (other, one)
        if pair not in done:
            level = min(space.levels[one], space.levels[other])
            parts = zip(space.below(one, level), space.below(other, level), strict=True)
            done[pair] = several if level == space.end else space.node(level, tuple(join(*part) for part in parts))
        return done[pair]

    return join
