"""What partial knowledge leaves possible in a decision diagram, exactly.

Sets of values and of answers are bits of an integer while they are worked on.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rules.conditions import Knowledge
from rules.diagram import IMPOSSIBLE, Diagram


@dataclass(frozen=True, slots=True)
class Exploration:
    """What is still possible: the answers; for each trait the values that some possible completion has, by name and
    as bits in the diagram's order; and the traits on which the answer still depends."""

    answers: frozenset[Hashable]
    live: Mapping[str, frozenset[str]]
    live_bits: Sequence[int]
    deciding: frozenset[str]


class _Bits(dict[frozenset[str], int]):
    """Sets of values of one domain as bits, each worked out once."""

    def __init__(self, domain: Sequence[str]) -> None:
        self.domain = domain

    def __missing__(self, values: frozenset[str]) -> int:
        bits = self[values] = sum(1 << i for i, value in enumerate(self.domain) if value in values)
        return bits


class Explorer:
    """A diagram made ready to be explored: for each inner node its level, and its children with their values."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.domains = [diagram.domains[trait] for trait in diagram.order]
        self.seen = [(trait, _Bits(domain)) for trait, domain in zip(diagram.order, self.domains, strict=True)]
        self.end = len(diagram.order)
        levels = {trait: level for level, trait in enumerate(diagram.order)}
        self.levels = {n: levels[trait] for n, (trait, _) in diagram.nodes.items()}
        self.children = {n: children for n, (_, children) in diagram.nodes.items()}
        self.branches = {n: _grouped(children) for n, children in self.children.items()}
        self.names = list(dict.fromkeys(diagram.answers.values()))
        self.leaves = {n: 1 << self.names.index(answer) for n, answer in diagram.answers.items()}
        self.leaves[IMPOSSIBLE] = 0

    def possible_answers(self, known: Knowledge) -> frozenset[Hashable]:
        """The answers that the knowledge still allows; empty where the facts clash."""
        return self._named(self._reach(self.bits(known), self.diagram.root, {}))

    def explore(self, known: Knowledge) -> Exploration:
        """Every answer that the knowledge still allows, exactly; see Exploration."""
        values = self.bits(known)
        reached: dict[int, int] = {}
        answers = self._reach(values, self.diagram.root, reached)
        live, parting = self._walk(values, reached)
        odds = _Odds(self, values, reached)
        deciding = {level for level, nodes in parting.items() if any(odds.parted(kept) for kept in nodes)}
        deciding |= {level for level in parting.keys() - deciding if self._narrows(values, level, live[level], answers)}
        order = self.diagram.order
        possible = {
            order[level]: frozenset(v for i, v in enumerate(domain) if live[level] >> i & 1)
            for level, domain in enumerate(self.domains)
        }
        return Exploration(
            self._named(answers), possible, live, frozenset(order[level] for level in deciding or parting)
        )

    def bits(self, known: Knowledge) -> list[int]:
        """The values still possible of each trait in the diagram's order."""
        return [seen[known[trait]] for trait, seen in self.seen]

    def _named(self, answers: int) -> frozenset[Hashable]:
        return frozenset(name for i, name in enumerate(self.names) if answers >> i & 1)

    def _reach(self, values: list[int], number: int, reached: dict[int, int]) -> int:
        known = self.leaves.get(number, reached.get(number))
        if known is None:
            here = values[self.levels[number]]
            known = 0
            for branch, child in self.branches[number]:
                if here & branch:
                    known |= self._reach(values, child, reached)
            reached[number] = known
        return known

    def _walk(self, values: list[int], reached: dict[int, int]) -> tuple[list[int], dict[int, list[tuple[int, ...]]]]:
        """The values of each level that some possible completion has; and where several answers part, the nodes
        that each level's values lead to."""
        live = [0] * self.end
        parting: dict[int, list[tuple[int, ...]]] = {}
        starts = [(0, self.diagram.root)] if self._reach(values, self.diagram.root, reached) else []
        seen = set(starts)
        while starts:
            depth, number = starts.pop()
            here = self.levels.get(number, self.end)
            for skipped in range(depth, here):
                live[skipped] |= values[skipped]
            if here == self.end:
                continue
            kept = []
            for branch, child in self.branches[number]:
                if values[here] & branch and self._reach(values, child, reached):
                    live[here] |= values[here] & branch
                    kept.append(child)
            answers = reached[number]
            if len(kept) > 1 and answers & (answers - 1):
                parting.setdefault(here, []).append(tuple(kept))
            for step in {(here + 1, child) for child in kept} - seen:
                seen.add(step)
                starts.append(step)
        return live, parting

    def _narrows(self, values: list[int], level: int, live: int, answers: int) -> bool:
        """Whether knowing the trait leaves fewer answers: two facts may decide only together, each ruling the
        other's values out."""
        one = list(values)
        for i in range(len(self.domains[level])):
            one[level] = 1 << i
            if live >> i & 1 and self._reach(one, self.diagram.root, {}) != answers:
                return True
        return False


def _grouped(children: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """The values that lead to the same child, as bits."""
    found: dict[int, int] = {}
    for i, child in enumerate(children):
        found[child] = found.get(child, 0) | 1 << i
    return tuple((branch, child) for child, branch in found.items())


class _Odds:
    """Whether two nodes answer some same completion differently. Where one is impossible they are not at odds: a
    fact that only tells clashing completions from others cannot change the answer."""

    def __init__(self, explorer: Explorer, values: list[int], reached: dict[int, int]) -> None:
        self.by, self.values, self.reached = explorer, values, reached
        self.found: dict[tuple[int, int], bool] = {}

    def parted(self, nodes: tuple[int, ...]) -> bool:
        return any(self.between(one, other) for i, one in enumerate(nodes) for other in nodes[:i])

    def between(self, one: int, other: int) -> bool:
        pair = (one, other) if one < other else (other, one)
        if pair not in self.found:
            self.found[pair] = one != other and self._between(one, other)
        return self.found[pair]

    def _between(self, one: int, other: int) -> bool:
        first, second = (self.by._reach(self.values, n, self.reached) for n in (one, other))
        both = first | second
        if not first or not second or not both & (both - 1):
            return False
        levels = self.by.levels
        level = min(levels.get(one, self.by.end), levels.get(other, self.by.end))
        if level == self.by.end:
            return True
        ones, others = self._children(one, level), self._children(other, level)
        allowed = self.values[level]
        pairs = {(a, b) for i, (a, b) in enumerate(zip(ones, others, strict=True)) if allowed >> i & 1}
        return any(self.between(a, b) for a, b in pairs)

    def _children(self, number: int, level: int) -> tuple[int, ...]:
        if self.by.levels.get(number) == level:
            return self.by.children[number]
        return (number,) * len(self.by.domains[level])
