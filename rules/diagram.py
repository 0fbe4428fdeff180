"""The decision diagram: the whole table, folded so that any partial knowledge is answered exactly.

A node asks one trait; its children are one per value. Leaves are answers, or IMPOSSIBLE where facts clash.
Following every value still possible gives the exact set of answers still possible: no answer is called settled
while a completion of the facts says otherwise, and none is kept open that no completion reaches.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rules.conditions import FALSE, TRUE, Condition, given, traits_of

IMPOSSIBLE = 0


@dataclass(frozen=True)
class Diagram:
    """Nodes by number: ``answers[n]`` is the answer of leaf n, ``nodes[n]`` the trait and children of an inner one."""

    order: tuple[str, ...]
    domains: Mapping[str, tuple[str, ...]]
    nodes: Mapping[int, tuple[str, tuple[int, ...]]]
    answers: Mapping[int, Hashable]
    root: int


class UncoveredError(ValueError):
    """A combination of traits that no rule answers, or that two rules answer differently."""

    def __init__(self, path: Mapping[str, str], answers: Sequence[Hashable]) -> None:
        self.path, self.answers = dict(path), tuple(answers)
        super().__init__(f"{'no answer' if not answers else f'answers at odds: {answers}'} for {self.path}")


def build(
    order: Sequence[str],
    domains: Mapping[str, tuple[str, ...]],
    impossible: Condition,
    answers: Mapping[Hashable, Condition],
) -> Diagram:
    """Fold the table given by one condition per answer. Raises UncoveredError on a gap or an overlap."""
    return _Builder(order, domains, list(answers)).build(impossible, tuple(answers.values()))


State = tuple[Condition, ...]


class _Builder:
    def __init__(self, order: Sequence[str], domains: Mapping[str, tuple[str, ...]], answers: list[Hashable]) -> None:
        self.order, self.domains, self.names = tuple(order), domains, answers
        self.nodes: dict[int, tuple[str, tuple[int, ...]]] = {}
        self.answers: dict[int, Hashable] = {}
        self.by_state: dict[State, int] = {}
        self.by_shape: dict[Hashable, int] = {}
        self.reduced: dict[tuple[int, str, str], Condition] = {}
        self.looked_at: dict[int, frozenset[str]] = {}
        self.kept: dict[int, Condition] = {}

    def build(self, impossible: Condition, conditions: State) -> Diagram:
        root = self._node((impossible, *conditions), {})
        return Diagram(self.order, self.domains, self.nodes, self.answers, root)

    def _node(self, state: State, path: dict[str, str]) -> int:
        if (found := self.by_state.get(state)) is not None:
            return found
        if state[0] == TRUE:
            number = IMPOSSIBLE
        elif all(c in (TRUE, FALSE) for c in state):
            number = self._leaf(state, path)
        else:
            number = self._inner(state, path)
        self.by_state[state] = number
        return number

    def _leaf(self, state: State, path: dict[str, str]) -> int:
        held = [name for name, c in zip(self.names, state[1:], strict=True) if c == TRUE]
        if len(held) != 1:
            raise UncoveredError(path, held)
        number = self.by_shape.setdefault(("leaf", held[0]), len(self.by_shape) + 1)
        self.answers[number] = held[0]
        return number

    def _inner(self, state: State, path: dict[str, str]) -> int:
        needed = frozenset().union(*(self._traits(c) for c in state))
        trait = next(t for t in self.order if t in needed)
        children = tuple(
            self._node(tuple(self._given(c, trait, value) for c in state), {**path, trait: value})
            for value in self.domains[trait]
        )
        if len(set(children)) == 1:
            return children[0]
        number = self.by_shape.setdefault((trait, children), len(self.by_shape) + 1)
        self.nodes[number] = (trait, children)
        return number

    def _traits(self, condition: Condition) -> frozenset[str]:
        key = id(condition)
        if key not in self.looked_at:
            self.kept[key] = condition
            self.looked_at[key] = traits_of(condition)
        return self.looked_at[key]

    def _given(self, condition: Condition, trait: str, value: str) -> Condition:
        if trait not in self._traits(condition):
            return condition
        key = (id(condition), trait, value)
        if key not in self.reduced:
            self.reduced[key] = given(condition, trait, value)
        return self.reduced[key]
