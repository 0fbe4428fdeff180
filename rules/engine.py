"""examine(ruleset, situation) -> Finding. Pure: no clock, no database, no network.

An answer is settled exactly when every completion of the known facts that the text allows gives the same missions.
More facts that agree can therefore never change it, and the order in which they come cannot matter.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from rules.asking import next_question
from rules.compile import CompiledRuleset
from rules.conditions import Condition, Knowledge
from rules.contradicted import contradicted, contradictions_of
from rules.doctrine import said_by_doctrine
from rules.exploration import Exploration
from rules.flips import flips_of
from rules.model import Advice, Conclusion, Exclusion, Finding, OpenPoint, Reason, Rule, Territory
from rules.reading import Reading, kept, reading
from rules.situation import Situation

FACTS_MISSING = "facts_missing"
MISSION_ORDER = ("diagnostic_orientation", "amont", "soutien_renforce", "suivi_n1", "evaluation", "aucune")
OPTIONS = ("option_n1", "option_evaluation")


@dataclass(frozen=True, slots=True)
class Examined:
    """A situation as the ruleset sees it: what is known of each trait, and what is still possible."""

    by: Reading
    situation: Situation
    known: Knowledge
    still: Exploration

    @property
    def compiled(self) -> CompiledRuleset:
        return self.by.compiled

    @property
    def territory(self) -> Territory | None:
        return self.by.territory

    def truth(self, condition: Condition) -> bool | None:
        """Whether the condition holds for every possible completion of the facts."""
        return self.compiled.truths.of(condition)(self.still.live_bits)

    @property
    def possible_rules(self) -> tuple[Rule, ...]:
        """The rules that some completion of the facts makes hold."""
        rules = (r for answer in self.still.answers for r in self.compiled.rules_of[answer])
        held = {r.id for r in rules if self.truth(r.when) is not False}
        return tuple(r for r in self.compiled.ruleset.rules if r.id in held)


def look(compiled: CompiledRuleset, situation: Situation, territory: Territory | None = None) -> Examined:
    """What the facts, and the territory's settings, leave possible."""
    return _look(reading(compiled, territory), situation)


def _look(by: Reading, situation: Situation) -> Examined:
    return Examined(by, situation, by.known(situation), by.exploration(situation))


def examine(
    compiled: CompiledRuleset,
    situation: Situation,
    territory: Territory | None = None,
    *,
    final: bool = False,
) -> Finding:
    """The Finding for a situation, as the contract's « The answer » defines it.

    ``final``: ask nothing more; a fact that is missing and matters gives ``referred`` / ``facts_missing``.
    """
    by = reading(compiled, territory)
    key = by.coding.key(situation)
    conclusion = by.conclusions.get((key[: by.size], final)) or _conclude(by, situation, key, final)
    return Finding(conclusion, partial(flips_of, by, situation, key))


def conclude_known(by: Reading, known: Knowledge) -> tuple[frozenset[Hashable], Conclusion]:
    """The answers that are left, and the Conclusion, of what is known of the traits themselves: nothing more is asked.

    Facts that clash are not named, as there are none.
    """
    seen = Examined(by, Situation(MappingProxyType({})), known, by.compiled.explorer.explore(known))
    return seen.still.answers, _conclusion(seen, final=True)


def _conclude(by: Reading, situation: Situation, key: bytes, final: bool) -> Conclusion:
    def work() -> Conclusion:
        return _conclusion(_look(by, situation), final)

    return kept(by.conclusions, (key[: by.size], final), work)


def _conclusion(seen: Examined, final: bool) -> Conclusion:
    if not seen.still.answers or any(not values for values in seen.known.values()):
        clash = contradicted(
            seen.compiled.ruleset,
            seen.compiled.truths,
            seen.known,
            seen.situation,
            _excluded(seen, seen.compiled.explorer.bits(seen.known)),
        )
        zones = contradictions_of(seen.compiled.ruleset, clash.reasons)
        return replace(clash, advice=said_by_doctrine(zones, seen.territory))
    if len(seen.still.answers) > 1:
        return _unfinished(seen, final)
    (answer,) = seen.still.answers
    return _settled(seen) if answer[0] == "settled" else _referred(seen)  # type: ignore[index]


def _settled(seen: Examined) -> Conclusion:
    rules = seen.possible_rules
    stated = all(
        r.certainty == "stated" or (r.stated_when is not None and seen.truth(r.stated_when) is True) for r in rules
    )
    missions = rules[0].missions
    points, advice = _notes(seen, missions)
    return Conclusion(
        status="settled",
        ruleset=seen.compiled.ruleset.id,
        missions=missions,
        certainty="stated" if stated else "inferred",
        reasons=_reasons(seen, rules),
        excluded=tuple(e for e in _excluded(seen, seen.still.live_bits) if e.mission not in missions),
        open_points=points,
        advice=(*advice, *_resting_on(seen)),
    )


def _referred(seen: Examined) -> Conclusion:
    (rule,) = seen.possible_rules
    excluded = _excluded(seen, seen.still.live_bits)
    ruled_out = {e.mission for e in excluded}
    return Conclusion(
        status="referred",
        ruleset=seen.compiled.ruleset.id,
        reasons=_reasons(seen, (rule,)),
        excluded=excluded,
        candidates=tuple(m for m in rule.candidates if m not in ruled_out),
        open=rule.open,
        advice=(*said_by_doctrine((rule.id,), seen.territory), *_resting_on(seen)),
    )


def _unfinished(seen: Examined, final: bool) -> Conclusion:
    missing = missing_facts(seen)
    missions = {m for rule in seen.possible_rules for m in (*rule.missions, *rule.candidates)}
    excluded = _excluded(seen, seen.still.live_bits)
    ruled_out = {e.mission for e in excluded}
    question = None if final else next_question(seen, frozenset())
    only_options = final and all(f in OPTIONS for f in missing)
    decider = "collectivite" if only_options else "visiteur"
    return Conclusion(
        status="referred" if final else "asking",
        ruleset=seen.compiled.ruleset.id,
        excluded=excluded,
        candidates=tuple(m for m in MISSION_ORDER if m in missions - ruled_out),
        open=OpenPoint(FACTS_MISSING, decider, f"ask.{FACTS_MISSING}.{decider}") if final else None,
        missing=missing,
        next_question=question,
    )


def missing_facts(seen: Examined) -> tuple[str, ...]:
    """The unknown facts on which the answer still depends, in the order of the questions."""
    traits = seen.compiled.ruleset.traits
    facts = {traits[t].facts[0] for t in seen.still.deciding if traits[t].asked}
    order = [q.id for q in seen.compiled.ruleset.questions]
    return tuple(sorted(facts, key=lambda f: (order.index(f) if f in order else len(order), f)))


def _reasons(seen: Examined, rules: tuple[Rule, ...]) -> tuple[Reason, ...]:
    found = {
        said.reason.message: said.reason
        for rule in rules
        for said in rule.reasons
        if said.when is None or seen.truth(said.when) is True
    }
    return tuple(found.values())


def _excluded(seen: Examined, known: Sequence[int]) -> tuple[Exclusion, ...]:
    found = []
    for mission in seen.compiled.ruleset.missions.values():
        reasons: Mapping[int, Reason] = {
            said.reason.statement: said.reason
            for said in mission.excluded
            if said.when is not None and seen.compiled.truths.of(said.when)(known) is True
        }
        if reasons:
            found.append(Exclusion(mission.id, tuple(reasons.values())))
    return tuple(sorted(found, key=lambda e: MISSION_ORDER.index(e.mission)))


def _notes(seen: Examined, missions: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[Advice, ...]]:
    points: set[int] = set()
    advice: dict[str, Advice] = {}
    for note in seen.compiled.ruleset.notes:
        if note.mission not in missions:
            continue
        verdict = seen.truth(note.when)
        if verdict is True or (verdict is None and note.even_if_unknown):
            points |= set(note.open_points)
            if note.advice:
                advice[note.advice] = Advice(note.advice)
    return tuple(sorted(points)), tuple(advice.values())


def _resting_on(seen: Examined) -> tuple[Advice, ...]:
    """What the answer owes to the territory's own settings, with who decided and when."""
    territory = seen.territory
    if territory is None:
        return ()
    owed = []
    for fact, option in territory.options.items():
        if seen.situation.get(fact) is None and _matters(seen, fact):
            params = {
                "territory": territory.name,
                "by": option.decided_by,
                "on": option.decided_on.isoformat(),
            }
            owed.append(Advice(f"territory.{fact}.{'oui' if option.value else 'non'}", params))
    pause = territory.pause_months
    if pause and seen.by.without_convention.answers(seen.situation) != seen.still.answers:
        params = {"territory": territory.name, "by": pause.decided_by, "on": pause.decided_on.isoformat()}
        owed.append(Advice("territory.pause_months", {**params, "months": str(pause.value)}))
    return tuple(owed)


def _matters(seen: Examined, trait: str) -> bool:
    """Whether the answer would not be certain without this trait."""
    domain = seen.compiled.ruleset.traits[trait].domain
    without = {**seen.known, trait: frozenset(domain)}
    return seen.compiled.explorer.possible_answers(without) != seen.still.answers
