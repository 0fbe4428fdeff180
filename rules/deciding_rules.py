"""Which rows of the table gave an answer: what a verdict on it, or a territory's doctrine, is about."""

from __future__ import annotations

from rules.compile import CompiledRuleset
from rules.contradicted import contradictions_of
from rules.engine import Examined, look
from rules.model import Finding, Territory
from rules.situation import Situation


def deciding_rules(
    compiled: CompiledRuleset, situation: Situation, finding: Finding, territory: Territory | None = None
) -> tuple[str, ...]:
    """The ids of the contradictions, else of the rules, that gave this Finding; empty where facts are missing."""
    clashes = contradictions_of(compiled.ruleset, finding.reasons)
    return clashes or sure_rules(look(compiled, situation, territory))


def sure_rules(seen: Examined) -> tuple[str, ...]:
    """The rules that gave the one answer: those that surely hold, or the only one left."""
    if len(seen.still.answers) != 1:
        return ()
    possible = seen.possible_rules
    sure = tuple(r.id for r in possible if seen.truth(r.when) is True)
    return sure or tuple(r.id for r in possible if len(possible) == 1)
