"""Facts that clash: which ones, and who can put them right. Never resolved in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rules.conditions import Knowledge
from rules.model import Conclusion, Contradiction, Exclusion, OpenPoint, Reason, Ruleset
from rules.situation import Situation
from rules.truth import Truths


def contradicted(
    ruleset: Ruleset, truths: Truths, known: Knowledge, situation: Situation, excluded: tuple[Exclusion, ...]
) -> Conclusion:
    """The Conclusion for facts that no possible household has: each clash with its statements, its facts named.

    ``truths``: the ruleset's conditions as functions.
    """
    clashes = _clashes(ruleset, truths, known, situation)
    reasons = {reason.message: reason for clash in clashes for reason in clash.reasons}
    ruled_out = {e.mission for e in excluded}
    return Conclusion(
        status="referred",
        ruleset=ruleset.id,
        reasons=tuple(reasons.values()),
        excluded=excluded,
        candidates=tuple(m for clash in clashes[:1] for m in clash.candidates if m not in ruled_out),
        open=clashes[0].open if clashes else _unnamed(ruleset, truths, known, situation),
    )


def contradictions_of(ruleset: Ruleset, reasons: Iterable[Reason]) -> tuple[str, ...]:
    """The contradictions that an answer with these reasons names."""
    said = {reason.message for reason in reasons}
    return tuple(c.id for c in ruleset.contradictions if said & {r.message for r in c.reasons})


def _clashes(ruleset: Ruleset, truths: Truths, known: Knowledge, situation: Situation) -> list[Contradiction]:
    """The clashes that are sure; else those that the other facts make sure, best those whose facts were all given."""
    if any(not values for values in known.values()):
        return []
    bits = truths.bits(known)
    sure = [c for c in ruleset.contradictions if truths.of(c.when)(bits) is True]
    if sure:
        return sure
    in_doubt = [c for c in ruleset.contradictions if truths.of(c.when)(bits) is None]
    given = [c for c in in_doubt if all(situation.get(fact) is not None for fact in c.facts)]
    for likely in (given, in_doubt):
        if implied := [c for c in likely if _implied(c, in_doubt, truths, bits)]:
            return implied
    return []


def _implied(clash: Contradiction, in_doubt: list[Contradiction], truths: Truths, known: list[int]) -> bool:
    """Whether what the other contradictions rule out leaves this one nothing but to hold."""
    narrowed = list(known)
    before: list[int] = []
    while before != narrowed:
        before = list(narrowed)
        for other in in_doubt:
            if other is not clash:
                _rule_out(other, truths, narrowed)
    return truths.of(clash.when)(narrowed) is True


def _rule_out(clash: Contradiction, truths: Truths, narrowed: list[int]) -> None:
    """Take away the values with which this contradiction would surely hold."""
    holds = truths.of(clash.when)
    for place in truths.looked_at(clash.when):
        values = narrowed[place]
        if values & (values - 1):
            kept = 0
            for value in _each(values):
                narrowed[place] = value
                if holds(narrowed) is not True:
                    kept |= value
            narrowed[place] = kept or values


def _each(values: int) -> Iterator[int]:
    while values:
        yield values & -values
        values &= values - 1


def _unnamed(ruleset: Ruleset, truths: Truths, known: Knowledge, situation: Situation) -> OpenPoint:
    """Two values of one trait (a territory's setting against the fact, a count against a list), or many facts."""
    empty = [fact for trait, values in known.items() if not values for fact in ruleset.traits[trait].facts]
    bits = truths.bits(known)
    in_doubt = [f for c in ruleset.contradictions if truths.of(c.when)(bits) is None for f in c.facts]
    facts = sorted({f for f in empty or in_doubt if situation.get(f) is not None})
    return OpenPoint("facts_contradictory", "visiteur", "ask.facts_contradictory", {"facts": ",".join(facts)})
