"""The decision diagram: the whole table, folded so that any partial knowledge is answered exactly.

A node asks one trait; its children are one per value. Leaves are answers, or IMPOSSIBLE where facts clash.
Following every value still possible gives the exact set of answers still possible: no answer is called settled
while a completion of the facts says otherwise, and none is kept open that no completion reaches.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from rules.algebra import Space

IMPOSSIBLE = 0


@dataclass(frozen=True)
class Diagram:
    """Nodes by number: ``answers[n]`` is the answer of leaf n, ``nodes[n]`` the trait and children of an inner one.

    A node's number is greater than those of its children.
    """

    order: tuple[str, ...]
    domains: Mapping[str, tuple[str, ...]]
    nodes: Mapping[int, tuple[str, tuple[int, ...]]]
    answers: Mapping[int, Hashable]
    root: int


def diagram_of(space: Space, table: int) -> Diagram:
    """The diagram of a table in which the value None stands for what is impossible."""
    nodes: dict[int, tuple[str, tuple[int, ...]]] = {}
    answers: dict[int, Hashable] = {}
    numbers = {space.leaf(None): IMPOSSIBLE}

    def number_of(place: int) -> int:
        if place not in numbers:
            children = tuple(number_of(child) for child in space.children[place])
            number = numbers[place] = len(numbers)
            if children:
                nodes[number] = (space.order[space.levels[place]], children)
            else:
                answers[number] = space.values[place]
        return numbers[place]

    root = number_of(table)
    return Diagram(space.order, space.domains, nodes, answers, root)
