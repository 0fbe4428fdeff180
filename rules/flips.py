"""What would change the answer: the smallest changes of one fact, each one really tried."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date

from rules.compile import CompiledRuleset
from rules.diagram import possible_answers
from rules.errors import SituationError
from rules.model import Flip, Territory
from rules.situation import Situation, Value, bounds, check_order
from rules.traits import YES, Trait, decided, knowledge

Change = dict[str, Value | None]
# The circumstances, in the order in which a visitor can act on them. What is done (the action) is the question
# itself, not a circumstance of it.
CIRCUMSTANCES = (
    "accompagnement_continu", "pause", "delai_fin_sr", "sr", "option_n1", "option_evaluation", "issue_contact",
    "orientation", "mode_contact", "but", "cadre_contact", "dst", "delai_visite", "delai_dst",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Search:
    compiled: CompiledRuleset
    situation: Situation
    territory: Territory | None
    before: Hashable

    def answer(self, change: Change) -> Hashable | None:
        """The one answer after the change; None where facts clash, cannot be, or leave several answers."""
        changed = self.situation.with_facts(change)
        try:
            check_order(self.compiled.ruleset.vocabulary, changed)
        except SituationError:
            return None
        answers = _answers(self.compiled, changed, self.territory)
        return next(iter(answers)) if len(answers) == 1 else None


def find_flips(compiled: CompiledRuleset, situation: Situation, territory: Territory | None) -> tuple[Flip, ...]:
    """For each known circumstance, its nearest other values that lead to another answer, one for each answer.

    The situation has one answer. A change that clashes with a single other fact is tried with that fact taken
    back (None). ``missions`` is empty where the change leads to a referral.
    """
    (before,) = _answers(compiled, situation, territory)
    search = _Search(compiled, situation, territory, before)
    found: list[Flip] = []
    for name in CIRCUMSTANCES:
        trait = compiled.ruleset.traits[name]
        if any(situation.get(fact) is not None for fact in trait.facts):
            found += _flips_of(search, trait)
    return tuple(sorted(found, key=lambda flip: (not flip.missions, len(flip.change))))


def _answers(compiled: CompiledRuleset, situation: Situation, territory: Territory | None) -> frozenset[Hashable]:
    delays = compiled.ruleset.delays_in(territory)
    return possible_answers(compiled.diagram, knowledge(compiled.ruleset.traits, delays, situation, decided(territory)))


def _flips_of(search: _Search, trait: Trait) -> Iterator[Flip]:
    seen = {search.before}
    for change in _changes(search, trait):
        answer = search.answer(change)
        if answer is None:
            change, answer = _with_one_fact_taken_back(search, change)
        if answer is None or answer in seen:
            continue
        seen.add(answer)
        yield Flip(change, _missions(answer))


def _missions(answer: Hashable) -> tuple[str, ...]:
    return answer[1:] if isinstance(answer, tuple) and answer[0] == "settled" else ()


def _changes(search: _Search, trait: Trait) -> Iterator[Change]:
    fact = trait.facts[0]
    match trait.kind:
        case "delay":
            for day in _days(search, fact):
                yield {fact: day}
        case "orientation":
            least, _ = bounds(search.situation.get(fact))
            if search.situation.get(trait.facts[1]) is None:
                yield {fact: 0 if least else 1}
        case "choice":
            boolean = search.compiled.ruleset.vocabulary.facts[fact].kind == "bool"
            for value in trait.domain:
                yield {fact: (value == YES) if boolean else value}


def _days(search: _Search, fact: str) -> Iterator[date]:
    """The nearest day of each other zone."""
    contact = search.situation.get("date_contact")
    earliest, latest = bounds(search.situation.get(fact))
    now = latest or earliest
    if not isinstance(contact, date) or not isinstance(now, date):
        return
    delays = search.compiled.ruleset.delays_in(search.territory)
    for zone in delays.zones:
        reach = delays.dates(zone.id, contact)
        if isinstance(reach.latest, date) and reach.latest < now:
            yield reach.latest
        elif isinstance(reach.earliest, date) and reach.earliest > now:
            yield reach.earliest


def _with_one_fact_taken_back(search: _Search, change: Change) -> tuple[Change, Hashable | None]:
    """The change with the one other fact that it clashes with taken back, where that settles."""
    for fact in search.situation.facts:
        if fact not in change and fact not in ("aujourdhui", "date_contact", "action"):
            wider: Change = {**change, fact: None}
            answer = search.answer(wider)
            if answer is not None and _missions(answer):
                return wider, answer
    return change, None
