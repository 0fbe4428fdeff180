"""What would change the answer: the smallest changes of one fact, each one really tried."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from rules.compile import CompiledRuleset
from rules.errors import SituationError
from rules.model import Flip, Territory
from rules.reading import Reading, kept, reading
from rules.situation import Situation, Value, bounds, check_order
from rules.traits import YES, Trait

# The circumstances, in the order in which a visitor can act on them. What is done (the action) is the question
# itself, not a circumstance of it.
CIRCUMSTANCES = (
    "accompagnement_continu", "pause", "delai_fin_sr", "sr", "option_n1", "option_evaluation", "issue_contact",
    "orientation", "mode_contact", "but", "cadre_contact", "dst", "delai_visite", "delai_dst",
)  # fmt: skip
NEVER_TAKEN_BACK = ("aujourdhui", "date_contact", "action")


@dataclass(frozen=True, slots=True)
class ZoneEnd:
    """The latest or the earliest day of a zone of delay, whatever the day of the contact."""

    zone: str
    latest: bool


Change = dict[str, "Value | ZoneEnd | None"]
Found = tuple[tuple[Change, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Search:
    by: Reading
    situation: Situation
    contact: date
    before: Hashable

    def answer(self, change: Change) -> Hashable | None:
        """The one answer after the change; None where facts clash, cannot be, or leave several answers."""
        changed = self.situation.with_facts(_on_days(self.by, change, self.contact))
        if any(isinstance(value, ZoneEnd) for value in change.values()):
            try:
                check_order(self.by.compiled.ruleset.vocabulary, changed)
            except SituationError:
                return None
        answers = self.by.answers(changed)
        return next(iter(answers)) if len(answers) == 1 else None


def find_flips(compiled: CompiledRuleset, situation: Situation, territory: Territory | None) -> tuple[Flip, ...]:
    """For each known circumstance, its nearest other values that lead to another answer, one for each answer.

    None where the situation does not have one answer. A change that clashes with a single other fact is tried with
    that fact taken back (None). ``missions`` is empty where the change leads to a referral.
    """
    by = reading(compiled, territory)
    return flips_of(by, situation, by.coding.key(situation))


def flips_of(by: Reading, situation: Situation, key: bytes) -> tuple[Flip, ...]:
    """The same for a situation whose key is known. What is kept holds zones, made days for each situation."""
    contact = _contact(situation)

    def work() -> tuple[Flip, ...]:
        found: Found = kept(by.flips, key, lambda: _search(by, situation, contact))
        return tuple(Flip(MappingProxyType(_on_days(by, change, contact)), missions) for change, missions in found)

    return kept(by.flips_on, (key, contact), work)


def flips_in_zones(compiled: CompiledRuleset, situation: Situation, territory: Territory | None) -> Found:
    """The same with each day as the end of the zone of delay that it is."""
    by = reading(compiled, territory)
    return kept(by.flips, by.coding.key(situation), lambda: _search(by, situation, _contact(situation)))


def _contact(situation: Situation) -> date:
    contact = situation.get("date_contact")
    if not isinstance(contact, date):
        raise TypeError("a situation has its date_contact: make it with rules.situation.parse")
    return contact


def _search(by: Reading, situation: Situation, contact: date) -> Found:
    answers = by.answers(situation)
    if len(answers) != 1:
        return ()
    search = _Search(by, situation, contact, next(iter(answers)))
    found: list[tuple[Change, tuple[str, ...]]] = []
    for name in CIRCUMSTANCES:
        trait = by.compiled.ruleset.traits[name]
        if any(situation.get(fact) is not None for fact in trait.facts):
            found += _flips_of(search, trait)
    return tuple(sorted(found, key=lambda flip: (not flip[1], len(flip[0]))))


def _flips_of(search: _Search, trait: Trait) -> Iterator[tuple[Change, tuple[str, ...]]]:
    seen = {search.before}
    for change in _changes(search, trait):
        answer = search.answer(change)
        if answer is None:
            change, answer = _with_one_fact_taken_back(search, change)
        if answer is None or answer in seen:
            continue
        seen.add(answer)
        yield change, _missions(answer)


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
            boolean = search.by.compiled.ruleset.vocabulary.facts[fact].kind == "bool"
            for value in trait.domain:
                yield {fact: (value == YES) if boolean else value}


def _days(search: _Search, fact: str) -> Iterator[ZoneEnd]:
    """The nearest day of each other zone."""
    earliest, latest = bounds(search.situation.get(fact))
    now = latest or earliest
    if not isinstance(now, date):
        return
    for zone in search.by.delays.zones:
        reach = search.by.days(zone.id, search.contact)
        if isinstance(reach.latest, date) and reach.latest < now:
            yield ZoneEnd(zone.id, latest=True)
        elif isinstance(reach.earliest, date) and reach.earliest > now:
            yield ZoneEnd(zone.id, latest=False)


def _with_one_fact_taken_back(search: _Search, change: Change) -> tuple[Change, Hashable | None]:
    """The change with the one other fact that it clashes with taken back, where that settles."""
    for fact in search.by.compiled.ruleset.vocabulary.facts:
        if search.situation.get(fact) is not None and fact not in change and fact not in NEVER_TAKEN_BACK:
            wider: Change = {**change, fact: None}
            answer = search.answer(wider)
            if answer is not None and _missions(answer):
                return wider, answer
    return change, None


def _on_days(by: Reading, change: Change, contact: date) -> dict[str, Value | None]:
    """The change with each end of a zone as the day that it is, for a contact on this day."""
    return {fact: _day(by, value, contact) if isinstance(value, ZoneEnd) else value for fact, value in change.items()}


def _day(by: Reading, end: ZoneEnd, contact: date) -> Value | None:
    reach = by.days(end.zone, contact)
    return reach.latest if end.latest else reach.earliest
