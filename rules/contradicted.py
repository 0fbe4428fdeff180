"""Facts that clash: which ones, and who can put them right. Never resolved in silence."""

from __future__ import annotations

from rules.conditions import Knowledge, holds, traits_of
from rules.model import Conclusion, Contradiction, Exclusion, OpenPoint, Ruleset
from rules.situation import Situation


def contradicted(
    ruleset: Ruleset, known: Knowledge, situation: Situation, excluded: tuple[Exclusion, ...]
) -> Conclusion:
    """The Conclusion for facts that no possible household has: each clash with its statements, its facts named."""
    clashes = _clashes(ruleset, known, situation)
    reasons = {reason.message: reason for clash in clashes for reason in clash.reasons}
    ruled_out = {e.mission for e in excluded}
    return Conclusion(
        status="referred",
        ruleset=ruleset.id,
        reasons=tuple(reasons.values()),
        excluded=excluded,
        candidates=tuple(m for clash in clashes[:1] for m in clash.candidates if m not in ruled_out),
        open=clashes[0].open if clashes else _unnamed(ruleset, known, situation),
    )


def _clashes(ruleset: Ruleset, known: Knowledge, situation: Situation) -> list[Contradiction]:
    """The clashes that are sure; else those that the other facts make sure, best those whose facts were all given."""
    if any(not values for values in known.values()):
        return []
    sure = [c for c in ruleset.contradictions if holds(c.when, known) is True]
    if sure:
        return sure
    in_doubt = [c for c in ruleset.contradictions if holds(c.when, known) is None]
    given = [c for c in in_doubt if all(situation.get(fact) is not None for fact in c.facts)]
    for likely in (given, in_doubt):
        if implied := [c for c in likely if _implied(c, in_doubt, known)]:
            return implied
    return []


def _implied(clash: Contradiction, in_doubt: list[Contradiction], known: Knowledge) -> bool:
    """Whether what the other contradictions rule out leaves this one nothing but to hold."""
    narrowed = dict(known)
    before: dict[str, frozenset[str]] = {}
    while before != narrowed:
        before = dict(narrowed)
        for other in in_doubt:
            if other is not clash:
                _rule_out(other, narrowed)
    return holds(clash.when, narrowed) is True


def _rule_out(clash: Contradiction, narrowed: dict[str, frozenset[str]]) -> None:
    """Take away the values with which this contradiction would surely hold."""
    for trait in traits_of(clash.when):
        values = narrowed[trait]
        if len(values) > 1:
            kept = set()
            for value in values:
                narrowed[trait] = frozenset({value})
                if holds(clash.when, narrowed) is not True:
                    kept.add(value)
            narrowed[trait] = frozenset(kept) or values


def _unnamed(ruleset: Ruleset, known: Knowledge, situation: Situation) -> OpenPoint:
    """Two values of one trait (a territory's setting against the fact, a count against a list), or many facts."""
    empty = [fact for trait, values in known.items() if not values for fact in ruleset.traits[trait].facts]
    in_doubt = [f for c in ruleset.contradictions if holds(c.when, known) is None for f in c.facts]
    facts = sorted({f for f in empty or in_doubt if situation.get(f) is not None})
    return OpenPoint("facts_contradictory", "visiteur", "ask.facts_contradictory", {"facts": ",".join(facts)})
