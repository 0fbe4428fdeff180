"""Ruleset -> the compiled form that `examine` runs on: the decision diagram, and the rules of each answer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.conditions import Condition, disjunction
from rules.diagram import Diagram, UncoveredError, build
from rules.errors import RulesetError
from rules.exploration import Explorer
from rules.model import Rule, Ruleset
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
    conditions: dict[Hashable, Condition] = {
        answer: disjunction(rule.when for rule in rules) for answer, rules in rules_of.items()
    }
    impossible = disjunction(c.when for c in ruleset.contradictions)
    domains = {trait.id: trait.domain for trait in ruleset.traits.values()}
    try:
        diagram = build(tuple(ruleset.traits), domains, impossible, conditions)
    except UncoveredError as error:
        raise RulesetError("rules", "", *_explain(error, ruleset)) from None
    return CompiledRuleset(ruleset, diagram, rules_of, Explorer(diagram), Truths(domains))


def _explain(error: UncoveredError, ruleset: Ruleset) -> tuple[str, str]:
    where = ", ".join(f"{trait}={value}" for trait, value in error.path.items())
    if not error.answers:
        return f"no rule answers {where}", "widen a rule, or name the contradiction"
    at_odds = [f"{rule.origin} › {rule.id}" for rule in ruleset.rules if answer_of(rule) in error.answers]
    return f"rules at odds for {where}: {', '.join(at_odds)}", "make their conditions exclude each other"
