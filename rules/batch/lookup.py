"""A table of leaves cut into steps of lookup: a row's traits packed into a few numbers, one step of array work each.

A number is the values of several traits in mixed radix. A step goes from a place in the table and the next number to
the next place, for all rows at once; places that lead to the same are one, so that its array stays small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]

from rules.algebra import Space

MOST = 4_000_000  # entries of a step: measured, larger ones no longer fit the caches
CHUNK = 1 << 20  # rows at once: measured
Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[Any]  # uint16, or uint32 where a column has more than 65,536 values


@dataclass(frozen=True)
class Packed:
    """Rows as numbers, one array a column, each within its column's bounds. Made by `Lookup.pack` alone."""

    columns: tuple[tuple[str, ...], ...]
    numbers: tuple[Numbers, ...]


@dataclass(frozen=True)
class Lookup:
    """``columns``: the traits packed into each number. ``leaves``: what the leaf at each place of the answers is.

    ``steps`` has one array for each column: the place after it, times the size of the next column.
    """

    columns: tuple[tuple[str, ...], ...]
    domains: Mapping[str, tuple[str, ...]]
    steps: tuple[Any, ...]
    leaves: tuple[object, ...]

    def pack(self, codes: Mapping[str, Codes]) -> Packed:
        """The numbers of rows given as codes: for each trait a value's place in its domain.

        Raises ValueError where a code is not such a place, or where columns have several lengths.
        """
        numbers = tuple(self._number(traits, codes) for traits in self.columns)
        if len({len(number) for number in numbers}) > 1:
            raise ValueError("columns of several lengths")
        return Packed(self.columns, numbers)

    def _number(self, traits: tuple[str, ...], codes: Mapping[str, Codes]) -> Numbers:
        kind = np.dtype(np.uint16 if self._size(traits) <= 65_536 else np.uint32)
        number: Numbers = np.zeros(len(codes[traits[0]]), dtype=kind)
        for trait in traits:
            size = len(self.domains[trait])
            if len(codes[trait]) and codes[trait].max() >= size:
                raise ValueError(f"{trait}: code {codes[trait].max()} is not one of its {size} values")
            number *= kind.type(size)
            number += codes[trait]
        number.flags.writeable = False
        return number

    def _size(self, traits: tuple[str, ...]) -> int:
        return prod(len(self.domains[trait]) for trait in traits)

    def leaves_of(self, rows: Packed) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
        """For each row the place of its leaf in ``leaves``. Raises ValueError on rows packed by another lookup."""
        if rows.columns != self.columns:
            raise ValueError("these rows were packed by another lookup")
        count = len(rows.numbers[0])
        found = np.empty(count, dtype=self.steps[-1].type.to_pandas_dtype())
        sums = np.empty(min(count, CHUNK), dtype=np.uint32)
        for start in range(0, count, CHUNK):
            first, *others = (number[start : start + CHUNK] for number in rows.numbers)
            places = _take(self.steps[0], first)
            for step, number in zip(self.steps[1:], others, strict=True):
                places = _take(step, np.add(places, number, out=sums[: len(number)]))
            found[start : start + CHUNK] = places
        return found


def _take(step: Any, places: npt.NDArray[Any]) -> Any:
    """A step's entries at some places, by Arrow: NumPy would first make 64-bit numbers of them. None is out of it:
    a place is made of a step's entry and of a number within its bounds."""
    return pc.take(step, pa.array(places), boundscheck=False)


def lookup_of(space: Space, table: int) -> Lookup:
    """The lookup of a table, its traits packed in the order of its space; those that it never asks are left out."""
    asked = space.traits(table)
    columns = _columns(space, table, [t for t in space.order if t in asked])
    sizes = [prod(len(space.domains[t]) for t in traits) for traits in columns]
    steps, states = [], [table]
    for place, traits in enumerate(columns):
        end = space.level[traits[-1]] + 1
        reached = np.concatenate([_Reached(space, traits, end).from_(state, 0) for state in states])
        found, numbers = np.unique(reached, return_inverse=True)
        last = place + 1 == len(columns)
        kind = (np.uint8 if len(found) <= 256 else np.uint16) if last else np.uint32
        steps.append(pa.array((numbers * (1 if last else sizes[place + 1])).astype(kind)))
        states = [int(n) for n in found]
    return Lookup(columns, space.domains, tuple(steps), tuple(space.values[state] for state in states))


def _columns(space: Space, table: int, traits: list[str]) -> tuple[tuple[str, ...], ...]:
    """The traits cut into as few columns as make no step larger than MOST, and of these cuts the smallest steps."""
    widths = _widths(space, table)
    for count in range(1, len(traits) + 1):
        found = []
        for cuts in combinations(range(1, len(traits)), count - 1):
            columns = [tuple(traits[i:j]) for i, j in pairwise((0, *cuts, len(traits)))]
            sizes = [widths[space.level[c[0]]] * prod(len(space.domains[t]) for t in c) for c in columns]
            if max(sizes) <= MOST:
                found.append((sum(sizes), columns))
        if found:
            return tuple(min(found)[1])
    raise ValueError("the table is too large for a lookup")


def _widths(space: Space, table: int) -> list[int]:
    """For each level, how many places a row can have come to before its trait is asked."""
    first = {table: 0}
    ahead = [table]
    for number in ahead:
        for child in space.children[number]:
            if child not in first:
                ahead.append(child)
            first[child] = min(first.get(child, space.end), space.levels[number] + 1)
    return [sum(start <= level <= space.levels[n] for n, start in first.items()) for level in range(space.end + 1)]


class _Reached:
    """The places reached from a place by every number of a column, in order."""

    def __init__(self, space: Space, traits: tuple[str, ...], end: int) -> None:
        self.space, self.end = space, end
        self.levels = [space.level[trait] for trait in traits]
        self.below = [prod(space.sizes[level] for level in self.levels[i:]) for i in range(len(traits) + 1)]
        self.made: dict[tuple[int, int], npt.NDArray[np.int64]] = {}

    def from_(self, state: int, depth: int) -> npt.NDArray[np.int64]:
        space = self.space
        if space.levels[state] >= self.end:
            return np.full(self.below[depth], state, dtype=np.int64)
        key = (state, depth)
        if key not in self.made:
            children = space.below(state, self.levels[depth])
            self.made[key] = np.concatenate([self.from_(child, depth + 1) for child in children])
        return self.made[key]
