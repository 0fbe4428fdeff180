"""The rules in the shapes that peers are given them in, so that each runs in the shape that it runs fastest.

`lines`: one line a combination, as in a decision table, each cell the values that a trait may have. `chain`: the
conditions in turn, as the rules say them; `chain_of_lines`: as the lines say them, without repetition. `split`: the
chain, switched on a few traits first, with what is left of each condition once they are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from itertools import product
from typing import TypeVar

from benchmarks.outcomes import IMPOSSIBLE, outcome_of
from rules.conditions import FALSE, TRUE, All, Any, Condition, Is, Not, conjunction, disjunction, given, traits_of
from rules.model import Ruleset

FIRST_ASKED = ("dst", "but", "action", "cadre_contact")


@dataclass(frozen=True, slots=True)
class Chain:
    """Conditions in turn; the first that holds tells the outcome, else the last."""

    steps: tuple[tuple[Condition, str], ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Switch:
    """A trait, and what to do for each group of its values."""

    trait: str
    branches: tuple[tuple[tuple[str, ...], Tree], ...]


Tree = Chain | Switch
Line = tuple[Mapping[str, frozenset[str]], str]
Made = TypeVar("Made")


def once(make: Callable[..., Made]) -> Callable[..., Made]:
    """Made once for each version of the rules, so that translating them is not counted as a peer's loading."""
    made: dict[object, Made] = {}

    @wraps(make)
    def found(ruleset: Ruleset, *more: object) -> Made:
        key = (ruleset.id.version, *more)
        if key not in made:
            made[key] = make(ruleset, *more)
        return made[key]

    return found


@once
def chain(ruleset: Ruleset) -> Chain:
    """The contradictions first, then each rule; the last rule needs no condition, as exactly one holds."""
    clashes = disjunction(c.when for c in ruleset.contradictions)
    steps = ((clashes, IMPOSSIBLE), *((rule.when, outcome_of(rule)) for rule in ruleset.rules))
    return Chain(steps[:-1], steps[-1][1])


@once
def chain_of_lines(ruleset: Ruleset) -> Chain:
    """The chain, each condition as the lines that make it hold."""
    ways: dict[str, list[Condition]] = {}
    for cells, outcome in lines(ruleset):
        ways.setdefault(outcome, []).append(All(tuple(Is(trait, values) for trait, values in cells.items())))
    steps = tuple((Any(tuple(parts)), outcome) for outcome, parts in ways.items())
    return Chain(steps[:-1], steps[-1][1])


@once
def split(ruleset: Ruleset, first: tuple[str, ...] = FIRST_ASKED) -> Tree:
    """The chain, switched on these traits in turn wherever what is left still looks at them."""
    domains = {trait.id: trait.domain for trait in ruleset.traits.values()}
    return _split(chain(ruleset), first, domains)


def _split(left: Chain, first: tuple[str, ...], domains: Mapping[str, tuple[str, ...]]) -> Tree:
    looked_at = frozenset().union(*(traits_of(condition) for condition, _ in left.steps))
    if not (first := tuple(trait for trait in first if trait in looked_at)):
        return left
    groups: dict[Tree, list[str]] = {}
    for value in domains[first[0]]:
        groups.setdefault(_split(_given(left, first[0], value), first[1:], domains), []).append(value)
    if len(groups) == 1:
        return next(iter(groups))
    branches = sorted(groups.items(), key=lambda item: -len(item[1]))
    return Switch(first[0], tuple((tuple(values), tree) for tree, values in reversed(branches)))


def _given(left: Chain, trait: str, value: str) -> Chain:
    steps: list[tuple[Condition, str]] = []
    for condition, outcome in left.steps:
        rest = given(condition, trait, value)
        if rest == TRUE:
            return Chain(tuple(steps), outcome)
        if rest != FALSE:
            steps.append((rest, outcome))
    while steps and steps[-1][1] == left.otherwise:
        steps.pop()
    return Chain(tuple(steps), left.otherwise)


def positive(condition: Condition, domains: Mapping[str, tuple[str, ...]], *, holds: bool = True) -> Condition:
    """The condition without Not: « not these values » becomes « one of the others »."""
    match condition:
        case Is(trait, values):
            return condition if holds else Is(trait, frozenset(domains[trait]) - values)
        case Not(part):
            return positive(part, domains, holds=not holds)
        case All(parts) | Any(parts):
            inner = (positive(part, domains, holds=holds) for part in parts)
            return conjunction(inner) if isinstance(condition, All) == holds else disjunction(inner)


@once
def lines(ruleset: Ruleset) -> tuple[Line, ...]:
    """The table: one line a way in which a condition can hold, the contradictions' first; the first that fits tells."""
    domains = {trait.id: trait.domain for trait in ruleset.traits.values()}
    said = [(c.when, IMPOSSIBLE) for c in ruleset.contradictions]
    said += [(rule.when, outcome_of(rule)) for rule in ruleset.rules]
    return tuple((cells, outcome) for when, outcome in said for cells in _ways(positive(when, domains), domains))


def _ways(condition: Condition, domains: Mapping[str, tuple[str, ...]]) -> list[dict[str, frozenset[str]]]:
    match condition:
        case Is(trait, values):
            return [{trait: values}] if values else []
        case Any(parts):
            return _without_covered([way for part in parts for way in _ways(part, domains)])
        case All(parts):
            ways: list[dict[str, frozenset[str]]] = [{}]
            for part in parts:
                both = product(ways, _ways(part, domains))
                ways = _without_covered([way for one, other in both if (way := _both(one, other)) is not None])
            return ways
        case Not():
            raise TypeError("make the condition positive first")


def _both(one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]] | None:
    met = dict(one)
    for trait, values in other.items():
        met[trait] = met[trait] & values if trait in met else values
        if not met[trait]:
            return None
    return met


def _without_covered(ways: list[dict[str, frozenset[str]]]) -> list[dict[str, frozenset[str]]]:
    kept: list[dict[str, frozenset[str]]] = []
    for way in sorted(ways, key=len):
        if not any(_covers(other, way) for other in kept):
            kept.append(way)
    return kept


def _covers(wide: Mapping[str, frozenset[str]], narrow: Mapping[str, frozenset[str]]) -> bool:
    return all(trait in narrow and narrow[trait] <= values for trait, values in wide.items())
