"""The decision diagram: the whole table, folded so that any partial knowledge is answered exactly.

A node asks one trait; its children are one per value. Leaves are answers, or IMPOSSIBLE where facts clash.
Following every value still possible gives the exact set of answers still possible: no answer is called settled
while a completion of the facts says otherwise, and none is kept open that no completion reaches.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rules.conditions import FALSE, TRUE, Condition, Knowledge, given, traits_of

IMPOSSIBLE = 0


@dataclass(frozen=True, slots=True)
class Diagram:
    """Nodes by number: ``answers[n]`` is the answer of leaf n, ``nodes[n]`` the trait and children of an inner one."""

    order: tuple[str, ...]
    domains: Mapping[str, tuple[str, ...]]
    nodes: Mapping[int, tuple[str, tuple[int, ...]]]
    answers: Mapping[int, Hashable]
    root: int


@dataclass(frozen=True, slots=True)
class Exploration:
    """What is still possible: the answers; for each trait the values that some possible completion has; and the
    traits on which the answer still depends."""

    answers: frozenset[Hashable]
    live: Mapping[str, frozenset[str]]
    deciding: frozenset[str]


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


def explore(diagram: Diagram, known: Knowledge) -> Exploration:
    """Every answer that the knowledge still allows, exactly; see Exploration."""
    reached: dict[int, frozenset[Hashable]] = {}
    _reach(diagram, known, diagram.root, reached)
    live: dict[str, set[str]] = {t: set() for t in diagram.order}
    parting: set[str] = set()
    deciding: set[str] = set()
    odds = _Odds(diagram, known, reached)
    level = {t: i for i, t in enumerate(diagram.order)}
    end = len(diagram.order)
    starts = [(0, diagram.root)]
    seen = set(starts)
    while starts:
        depth, number = starts.pop()
        trait, children = diagram.nodes.get(number, ("", ()))
        here = level[trait] if children else end
        for skipped in diagram.order[depth:here]:
            live[skipped] |= known[skipped]
        kept = {
            value: child
            for value, child in zip(diagram.domains.get(trait, ()), children, strict=True)
            if value in known[trait] and reached[child]
        }
        if children:
            live[trait] |= kept.keys()
        if len(reached[number]) > 1 and len(set(kept.values())) > 1:
            parting.add(trait)
            if trait not in deciding and _at_odds(odds, set(kept.values())):
                deciding.add(trait)
        for step in {(here + 1, child) for child in kept.values()} - seen:
            seen.add(step)
            starts.append(step)
    deciding |= {t for t in parting - deciding if _narrows(diagram, known, t, live[t], reached[diagram.root])}
    possible = {t: frozenset(values) for t, values in live.items()}
    return Exploration(reached[diagram.root], possible, frozenset(deciding or parting))


def _narrows(diagram: Diagram, known: Knowledge, trait: str, values: set[str], answers: frozenset[Hashable]) -> bool:
    """Whether knowing the trait leaves fewer answers: two facts may decide only together, each ruling the other's
    values out."""
    return any(possible_answers(diagram, {**known, trait: frozenset({v})}) != answers for v in values)


class _Odds:
    """Whether two nodes answer some same completion differently. Where one is impossible they are not at odds: a
    fact that only tells clashing completions from others cannot change the answer."""

    def __init__(self, diagram: Diagram, known: Knowledge, reached: dict[int, frozenset[Hashable]]) -> None:
        self.diagram, self.known, self.reached = diagram, known, reached
        self.level = {t: i for i, t in enumerate(diagram.order)}
        self.found: dict[tuple[int, int], bool] = {}

    def between(self, one: int, other: int) -> bool:
        pair = (min(one, other), max(one, other))
        if pair not in self.found:
            self.found[pair] = one != other and self._between(one, other)
        return self.found[pair]

    def _between(self, one: int, other: int) -> bool:
        answers = self._answers(one), self._answers(other)
        if not all(answers) or len(answers[0] | answers[1]) == 1:
            return False
        if not answers[0] & answers[1] and one in self.diagram.answers and other in self.diagram.answers:
            return True
        trait = min(
            (self.diagram.nodes[n][0] for n in (one, other) if n in self.diagram.nodes), key=self.level.__getitem__
        )
        return any(
            self.between(self._child(one, trait, i), self._child(other, trait, i))
            for i, value in enumerate(self.diagram.domains[trait])
            if value in self.known[trait]
        )

    def _child(self, number: int, trait: str, index: int) -> int:
        asked, children = self.diagram.nodes.get(number, ("", ()))
        return children[index] if asked == trait else number

    def _answers(self, number: int) -> frozenset[Hashable]:
        _reach(self.diagram, self.known, number, self.reached)
        return self.reached[number]


def _at_odds(odds: _Odds, nodes: set[int]) -> bool:
    return any(odds.between(one, other) for one in nodes for other in nodes if one < other)


def possible_answers(diagram: Diagram, known: Knowledge) -> frozenset[Hashable]:
    """The answers that the knowledge still allows; empty where the facts clash."""
    reached: dict[int, frozenset[Hashable]] = {}
    _reach(diagram, known, diagram.root, reached)
    return reached[diagram.root]


def _reach(diagram: Diagram, known: Knowledge, number: int, reached: dict[int, frozenset[Hashable]]) -> None:
    if number in reached:
        return
    if number == IMPOSSIBLE:
        reached[number] = frozenset()
    elif number in diagram.answers:
        reached[number] = frozenset({diagram.answers[number]})
    else:
        trait, children = diagram.nodes[number]
        kept = {c for value, c in zip(diagram.domains[trait], children, strict=True) if value in known[trait]}
        for child in kept:
            _reach(diagram, known, child, reached)
        reached[number] = frozenset().union(*(reached[c] for c in kept))
