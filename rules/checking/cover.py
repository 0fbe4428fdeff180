"""A set as few disjoint boxes: what a person reviews.

A box says, for some traits, which values they may have. Combinations that do not matter may fall into any box, so
that boxes become few and wide; no combination falls into two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from rules.algebra import EVERY, NONE, Space

Box = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Free:
    """The value of a combination that may fall into any box or none."""


FREE = _Free()


def boxes(space: Space, inside: int, free: int = NONE) -> tuple[Box, ...]:
    """Disjoint boxes that hold all of the set and nothing outside it but what is free."""
    return _Cover(space).of(space.choose(free, space.leaf(FREE), inside))


def fewest_boxes(space: Space, sets: Sequence[int], free: int = NONE, tries: int = 1200) -> list[tuple[Box, ...]]:
    """For each set its boxes, with the order of the traits that needs fewest of those tried.

    ``tries``: how many orders are tried in all, for all the sets together.
    """
    found = [boxes(space, one, free) for one in sets]
    hard = [one for one, cover in zip(sets, found, strict=True) if len(cover) > 1]
    for order in islice(_orders(space, hard), tries // max(len(hard), 1)):
        turned = Space(order, space.domains)
        done: dict[int, int] = {}
        there = _moved(space, free, turned, done)
        for i, one in enumerate(sets):
            if len(found[i]) > 1:
                other = boxes(turned, _moved(space, one, turned, done), there)
                found[i] = min(found[i], other, key=len)
    return found


def _orders(space: Space, tables: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Each trait that matters moved to the front, and to the end."""
    matter = frozenset().union(*(space.traits(table) for table in tables))
    for trait in space.order:
        if trait in matter:
            rest = tuple(t for t in space.order if t != trait)
            yield (trait, *rest)
            yield (*rest, trait)


def _moved(space: Space, table: int, to: Space, done: dict[int, int]) -> int:
    """The same table in a space of another order."""
    if table not in done:
        level = space.levels[table]
        if level == space.end:
            done[table] = to.leaf(space.values[table])
        else:
            trait = space.order[level]
            found = NONE
            for value, child in zip(space.domains[trait], space.children[table], strict=True):
                found = to.choose(to.test(trait, {value}), _moved(space, child, to, done), found)
            done[table] = found
    return done[table]


class _Cover:
    """Widens a table of True, False and FREE until few branches are left, then reads off the boxes."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.free = space.leaf(FREE)
        self._agreed: dict[tuple[int, int], int | None] = {}
        self._widened: dict[int, int] = {}

    def of(self, table: int) -> tuple[Box, ...]:
        wide = self._wide(table)
        return tuple(self._paths(NONE if wide == self.free else wide))

    def _wide(self, table: int) -> int:
        """The same table where it matters, with as few different branches as greed finds."""
        level = self.space.levels[table]
        if level == self.space.end:
            return table
        if table not in self._widened:
            kinds: list[int] = []
            places = [self._place(self._wide(child), kinds) for child in self.space.children[table]]
            wider = kinds if len(kinds) == len(places) else [self._wide(kind) for kind in kinds]
            self._widened[table] = self.space.node(level, tuple(wider[i] for i in places))
        return self._widened[table]

    def _place(self, child: int, kinds: list[int]) -> int:
        for i, kind in enumerate(kinds):
            both = self._agree(kind, child)
            if both is not None:
                kinds[i] = both
                return i
        kinds.append(child)
        return len(kinds) - 1

    def _agree(self, one: int, other: int) -> int | None:
        """The table that is both where they matter; None where they are at odds."""
        if one == other or other == self.free:
            return one
        if one == self.free:
            return other
        key = (min(one, other), max(one, other))
        if key not in self._agreed:
            self._agreed[key] = self._agree_below(*key)
        return self._agreed[key]

    def _agree_below(self, one: int, other: int) -> int | None:
        space = self.space
        level = min(space.levels[one], space.levels[other])
        parts = []
        if level == space.end:
            return None
        for pair in zip(space.below(one, level), space.below(other, level), strict=True):
            part = self._agree(*pair)
            if part is None:
                return None
            parts.append(part)
        return space.node(level, tuple(parts))

    def _paths(self, table: int) -> Iterator[Box]:
        if table == EVERY:
            yield {}
        if self.space.levels[table] == self.space.end:
            return
        trait = self.space.order[self.space.levels[table]]
        values: dict[int, set[str]] = {}
        for value, child in zip(self.space.domains[trait], self.space.children[table], strict=True):
            values.setdefault(child, set()).add(value)
        for child, some in values.items():
            for box in self._paths(child):
                yield {trait: frozenset(some), **box}
