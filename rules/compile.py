"""Ruleset -> the compiled form that `examine` runs on: the decision diagram, and the rules of each answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.algebra import NONE, Reader, Space
from rules.conditions import Condition
from rules.diagram import Diagram, diagram_of
from rules.errors import RulesetError
from rules.exploration import Explorer
from rules.model import Rule, Ruleset
from rules.table import space_of
from rules.truth import Truths

Answer = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledRuleset:
    """A ruleset with its diagram. ``rules_of``: the rules that give each answer; answers are `answer_of` a rule.

    ``explorer``: the same diagram, ready to be explored. ``truths``: its conditions as functions. ``kept``: what
    `rules.reading` remembers. None of the three is a part of its value.
    """

    ruleset: Ruleset
    diagram: Diagram
    rules_of: Mapping[Hashable, tuple[Rule, ...]]
    explorer: Explorer = field(compare=False, repr=False)
    truths: Truths = field(compare=False, repr=False)
    kept: dict[int, Any] = field(default_factory=dict, compare=False, repr=False)


def answer_of(rule: Rule) -> Answer:
    """What a rule answers, as a key: rules that settle on the same missions give the same answer."""
    return ("settled", *rule.missions) if rule.missions else ("referred", rule.id)


def compile_ruleset(ruleset: Ruleset) -> CompiledRuleset:
    """Compile, and prove on the way that every possible combination of traits has exactly one answer.

    Raises RulesetError on a gap or an overlap, with a situation that shows it.
    """
    rules_of: dict[Hashable, tuple[Rule, ...]] = {}
    for rule in ruleset.rules:
        rules_of[answer_of(rule)] = (*rules_of.get(answer_of(rule), ()), rule)
    space = space_of(ruleset)
    diagram = diagram_of(space, _table(ruleset, rules_of, space))
    return CompiledRuleset(ruleset, diagram, rules_of, Explorer(diagram), Truths(space.domains))


def _table(ruleset: Ruleset, rules_of: Mapping[Hashable, tuple[Rule, ...]], space: Space) -> int:
    """The table of the answers, None where facts clash."""
    of = Reader(space).of
    impossible = space.either(*(of(clash.when) for clash in ruleset.contradictions))
    table, taken, double = space.leaf(None), NONE, NONE
    for answer, rules in rules_of.items():
        where = space.minus(space.either(*(of(rule.when) for rule in rules)), impossible)
        double = space.either(double, space.both(where, taken))
        table = space.choose(where, space.leaf(answer), table)
        taken = space.either(taken, where)
    if (path := space.pick(space.other(space.either(taken, impossible)))) is not None:
        remedy = "widen a rule, or name the contradiction"
        raise RulesetError("rules", "", f"no rule answers {_written(space, path)}", remedy)
    if double != NONE:
        raise _at_odds(ruleset, space, of, double)
    return table


def _at_odds(ruleset: Ruleset, space: Space, of: Callable[[Condition], int], double: int) -> RulesetError:
    path = space.pick(double) or {}
    held = [f"{r.origin} › {r.id}" for r in ruleset.rules if space.given(of(r.when), path) != NONE]
    what = f"rules at odds for {_written(space, path)}: {', '.join(held)}"
    return RulesetError("rules", "", what, "make their conditions exclude each other")


def _written(space: Space, path: Mapping[str, str]) -> str:
    return ", ".join(f"{trait}={path[trait]}" for trait in space.order if trait in path)
