"""Which rows of the table gave an answer: what a verdict on it, or a territory's doctrine, is about."""

from __future__ import annotations

from rules.compile import CompiledRuleset
from rules.conditions import holds
from rules.engine import Examined, look
from rules.model import Finding, Ruleset, Territory
from rules.situation import Situation


def deciding_rules(
    compiled: CompiledRuleset, situation: Situation, finding: Finding, territory: Territory | None = None
) -> tuple[str, ...]:
    """The ids of the contradictions, else of the rules, that gave this Finding; empty where facts are missing."""
    clashes = contradictions_of(compiled.ruleset, finding)
    return clashes or sure_rules(look(compiled, situation, territory))


def contradictions_of(ruleset: Ruleset, finding: Finding) -> tuple[str, ...]:
    """The contradictions that a Finding names."""
    said = {reason.message for reason in finding.reasons}
    return tuple(c.id for c in ruleset.contradictions if said & {r.message for r in c.reasons})


def sure_rules(seen: Examined) -> tuple[str, ...]:
    """The rules that gave the one answer: those that surely hold, or the only one left."""
    if len(seen.still.answers) != 1:
        return ()
    possible = seen.possible_rules
    sure = tuple(r.id for r in possible if holds(r.when, seen.still.live) is True)
    return sure or tuple(r.id for r in possible if len(possible) == 1)
