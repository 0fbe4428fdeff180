"""Steps: one trait moved to one other value, as a change of facts. What the searches for other answers are made of."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from rules.compile import CompiledRuleset
from rules.conditions import Knowledge
from rules.model import Territory
from rules.reading import reading
from rules.situation import Situation, Value, bounds
from rules.traits import YES, Trait, decided, word

Change = dict[str, Value | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One trait brought to one value by a change of facts."""

    trait: str
    value: str
    change: Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class Ground:
    """A situation from which steps are made, with what is known of its traits."""

    compiled: CompiledRuleset
    situation: Situation
    territory: Territory | None

    def known(self, change: Mapping[str, Value | None]) -> Knowledge:
        """What is known of every trait after the change."""
        return reading(self.compiled, self.territory).known(self.situation.with_facts(change))

    def answers(self, change: Mapping[str, Value | None]) -> frozenset[Hashable]:
        """The answers still possible after the change; empty where facts clash."""
        return reading(self.compiled, self.territory).answers(self.situation.with_facts(change))

    def given(self, trait: Trait) -> bool:
        """Whether the situation says something of the trait."""
        return any(self.situation.get(fact) is not None for fact in trait.facts)


def steps(ground: Ground, name: str) -> Iterator[Step]:
    """Every other value that a change of facts can give the trait, the nearest first.

    None for what no fact changes by itself (« known », « moment »), or what the territory has decided.
    """
    trait = ground.compiled.ruleset.traits[name]
    if trait.facts[0] in decided(ground.territory):
        return
    before = ground.known({})[name]
    for value, change in _changes(ground, trait):
        if ground.known(change)[name] != before:
            yield Step(name, value, change)


def _changes(ground: Ground, trait: Trait) -> Iterator[tuple[str, Change]]:
    match trait.kind:
        case "delay":
            yield from _days(ground, trait.facts[0])
        case "orientation":
            yield from _orientations(ground, *trait.facts)
        case "choice":
            fact = trait.facts[0]
            boolean = ground.compiled.ruleset.vocabulary.facts[fact].kind == "bool"
            for value in _as_offered(ground, fact, trait.domain):
                yield value, {fact: (value == YES) if boolean else value}


def _as_offered(ground: Ground, fact: str, domain: tuple[str, ...]) -> tuple[str, ...]:
    """The values in the order in which the interview first offers them, then those it does not offer."""
    questions = ground.compiled.ruleset.questions
    offered = [word(choice.facts[fact]) for q in questions for choice in q.choices if fact in choice.facts]  # type: ignore[arg-type]
    return tuple(sorted(domain, key=lambda v: offered.index(v) if v in offered else len(offered)))


def _days(ground: Ground, fact: str) -> Iterator[tuple[str, Change]]:
    """The nearest day of each other zone. Where the day is not known: of the shortest zone the longest delay, of the
    others the shortest."""
    contact = ground.situation.get("date_contact")
    earliest, latest = bounds(ground.situation.get(fact))
    delays = ground.compiled.ruleset.delays_in(ground.territory)
    if not isinstance(contact, date):
        return
    now = _day(latest or earliest or delays.dates(delays.zones[0].id, contact).earliest)
    found: list[tuple[int, str, date]] = []
    for zone in delays.zones:
        reach = delays.dates(zone.id, contact)
        day = min(_day(reach.latest), max(_day(reach.earliest or date.min), now))
        found.append((abs((day - now).days), zone.id, day))
    for _, zone_id, day in sorted(found):
        yield zone_id, {fact: day}


def _day(bound: date | int | None) -> date:
    if not isinstance(bound, date):
        raise TypeError(f"a delay lies between days, not {bound!r}")
    return bound


def _orientations(ground: Ground, count: str, states: str) -> Iterator[tuple[str, Change]]:
    """None given; one given and left to activate; all closed."""
    listed = ground.situation.get(states)
    least, _ = bounds(ground.situation.get(count))
    some = {} if isinstance(least, int) and least > 0 else {count: 1}
    yield "a_activer", {**some, **({states: ("en_cours",)} if listed else {})}
    yield "aucune", {count: 0, **({states: None} if listed else {})}
    yield "closes", {count: 1, states: ("prise_en_charge",)}
