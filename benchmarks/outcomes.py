"""What every engine is asked: a complete row, one value a trait, gets exactly one outcome.

The outcome is `IMPOSSIBLE` where a contradiction holds, the missions joined by `+` where a rule settles, else the id
of the rule that refers. `decide_naively` reads the rules as they stand and is what every other engine must agree with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

import numpy as np

from rules.compile import answer_of
from rules.conditions import All, Any, Condition, Is, Not
from rules.model import Rule, Ruleset

IMPOSSIBLE = "impossible"
Row = Mapping[str, str]
Decide = Callable[[Row], str]
Columns = Mapping[str, np.ndarray]


def outcome_of(rule: Rule) -> str:
    """The outcome where this rule holds."""
    status, *names = answer_of(rule)
    return "+".join(names) if status == "settled" else rule.id


def outcomes(ruleset: Ruleset) -> tuple[str, ...]:
    """Every outcome, `IMPOSSIBLE` first, then in the order of the rules."""
    return tuple(dict.fromkeys((IMPOSSIBLE, *(outcome_of(rule) for rule in ruleset.rules))))


def holds_for(condition: Condition, row: Row) -> bool:
    """Whether the condition holds for a complete row."""
    match condition:
        case Is(trait, values):
            return row[trait] in values
        case Not(part):
            return not holds_for(part, row)
        case All(parts):
            return all(holds_for(part, row) for part in parts)
        case Any(parts):
            return any(holds_for(part, row) for part in parts)


def decide_naively(ruleset: Ruleset, row: Row) -> str:
    """The oracle: the contradictions first, then the outcomes of every rule that holds, of which there is one."""
    if any(holds_for(c.when, row) for c in ruleset.contradictions):
        return IMPOSSIBLE
    (outcome,) = {outcome_of(rule) for rule in ruleset.rules if holds_for(rule.when, row)}
    return outcome


class _Holding:
    """`holds_for` over columns of codes, a code being a value's place in its trait's domain."""

    def __init__(self, ruleset: Ruleset, codes: Columns) -> None:
        self.domains = {trait.id: trait.domain for trait in ruleset.traits.values()}
        self.codes = codes
        self.found: dict[Is, np.ndarray] = {}

    def where(self, condition: Condition) -> np.ndarray | np.bool_:
        match condition:
            case Is():
                if condition not in self.found:
                    wanted = np.array([value in condition.values for value in self.domains[condition.trait]])
                    self.found[condition] = wanted[self.codes[condition.trait]]
                return self.found[condition]
            case Not(part):
                return np.logical_not(self.where(part))
            case All(parts):
                return reduce(np.logical_and, map(self.where, parts), np.True_)
            case Any(parts):
                return reduce(np.logical_or, map(self.where, parts), np.False_)


def outcomes_in(ruleset: Ruleset, codes: Columns) -> np.ndarray:
    """The oracle over columns of codes: for each row the place of its outcome in `outcomes`."""
    names, holding = outcomes(ruleset), _Holding(ruleset, codes)
    found = np.full(len(next(iter(codes.values()))), 255, dtype=np.uint8)
    for rule in ruleset.rules:
        found[holding.where(rule.when)] = names.index(outcome_of(rule))
    for clash in ruleset.contradictions:
        found[holding.where(clash.when)] = names.index(IMPOSSIBLE)
    return found
