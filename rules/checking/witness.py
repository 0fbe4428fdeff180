"""Cells of the table as facts of the contract, in JSON values: a situation that shows what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from rules.algebra import EVERY, NONE, Path, Space
from rules.errors import SituationError
from rules.model import Convention, Ruleset, Territory
from rules.situation import parse
from rules.traits import ABSENT, KNOWN, YES, Trait
from rules.vocabulary import Range

CONTACT = date(2026, 11, 16)
YEARS = timedelta(days=900)


@dataclass(frozen=True, slots=True)
class Witness:
    """A situation as `aiguillage decide` reads it; ``pause_months``: only where the territory has this convention."""

    situation: Mapping[str, object]
    pause_months: int | None = None


def witness(ruleset: Ruleset, space: Space, cells: int) -> Witness | None:
    """A situation of the set, one whose dates can be if there is one; None when the set is empty."""
    wished = cells
    for wish in _wishes(ruleset, space):
        if (narrower := space.both(wished, wish)) != NONE:
            wished = narrower
    path = space.pick(wished)
    return None if path is None else show(ruleset, _needed(space, cells, path))


def _needed(space: Space, cells: int, path: Path) -> Path:
    """The path without the traits that it can spare: what is left lies wholly in the set."""
    for trait in reversed(list(path)):
        shorter = {t: v for t, v in path.items() if t != trait}
        if space.given(cells, shorter) == EVERY:
            path = shorter
    return path


def _wishes(ruleset: Ruleset, space: Space) -> Iterator[int]:
    """What makes a cell easy to show, the most important first."""
    delays = [t for t in ruleset.traits.values() if t.kind == "delay"]
    undecided = {ruleset.convention_between[0]}
    plain = space.both(*(space.other(space.test(t.id, ruleset.convention_zones)) for t in delays))
    yield space.either(plain, space.both(*(space.other(space.test(t.id, undecided)) for t in delays)))
    dated = {t.facts[0] for t in delays}
    yield space.both(*(_given(space, t) for t in ruleset.traits.values() if t.kind == "known" and t.facts[0] in dated))
    yield plain
    by_fact = {t.facts[0]: t for t in delays}
    for first, second in ruleset.vocabulary.date_order:
        if first in by_fact and second in by_fact:
            yield _in_order(space, by_fact[first], by_fact[second])


def _given(space: Space, trait: Trait) -> int:
    return space.test(trait.id, {KNOWN})


def _in_order(space: Space, first: Trait, second: Trait) -> int:
    """The first date lies no nearer to the contact than the second."""
    found = NONE
    for i, value in enumerate(second.domain):
        found = space.either(found, space.both(space.test(second.id, {value}), space.test(first.id, first.domain[i:])))
    return found


def show(ruleset: Ruleset, path: Path) -> Witness:
    """The path's traits as facts. A date that the path wants both unknown and given is left out."""
    months = _months(ruleset, path)
    facts: dict[str, object] = {}
    unknown = set()
    for name, value in path.items():
        trait = ruleset.traits[name]
        match trait.kind:
            case "choice":
                boolean = ruleset.vocabulary.facts[trait.facts[0]].kind == "bool"
                facts[trait.facts[0]] = (value == YES) if boolean else value
            case "orientation":
                facts |= _orientations(trait, value)
            case "known" if value == ABSENT:
                unknown.add(trait.facts[0])
    today = CONTACT + timedelta(days={"passe": 1, "futur": -1}.get(path.get("moment", ""), 0))
    facts |= {"date_contact": CONTACT.isoformat(), "aujourdhui": today.isoformat()}
    days = {fact: range_ for fact, range_ in _days(ruleset, path, months).items() if fact not in unknown}
    return Witness(facts | _in_a_possible_order(ruleset, facts, days), months)


def _orientations(trait: Trait, value: str) -> dict[str, object]:
    if value == "aucune":
        return {trait.facts[0]: 0}
    return {trait.facts[0]: 1, trait.facts[1]: [{"etat": "non_commencee" if value == "a_activer" else "faite"}]}


def _months(ruleset: Ruleset, path: Path) -> int | None:
    """The convention that makes the path's zones: 2 months leaves room for both of the zones that it makes."""
    zones = {value for name, value in path.items() if ruleset.traits[name].kind == "delay"}
    return 2 if zones & set(ruleset.convention_zones) else None


def _days(ruleset: Ruleset, path: Path, months: int | None) -> dict[str, tuple[date, ...]]:
    """For each dated trait, the days to try: the nearest to the contact, the middle, the farthest."""
    territory = Territory("x", "x", {}, Convention(months, "x", CONTACT)) if months else None
    delays = ruleset.delays_in(territory)
    names = {zone.id for zone in delays.zones}
    found: dict[str, tuple[date, ...]] = {}
    for name, value in path.items():
        trait = ruleset.traits[name]
        if trait.kind == "known" and value == KNOWN:
            found.setdefault(trait.facts[0], (CONTACT, CONTACT - timedelta(days=60), CONTACT - YEARS))
        if trait.kind == "delay" and value in names:
            found[trait.facts[0]] = _spread(delays.dates(value, CONTACT))
    return found


def _spread(reach: Range) -> tuple[date, ...]:
    latest = reach.latest if isinstance(reach.latest, date) else CONTACT
    earliest = reach.earliest if isinstance(reach.earliest, date) else latest - YEARS
    return tuple(dict.fromkeys((latest - (latest - earliest) // 2, latest, earliest)))


def _in_a_possible_order(
    ruleset: Ruleset, facts: Mapping[str, object], days: Mapping[str, tuple[date, ...]]
) -> dict[str, object]:
    """The first choice of days that are in an order that can be; else the first choice."""
    tried: dict[str, object] = {}
    for chosen in product(*days.values()):
        dated: dict[str, object] = {fact: day.isoformat() for fact, day in zip(days, chosen, strict=True)}
        tried = tried or dated
        try:
            parse(ruleset.vocabulary, {**facts, **dated}, CONTACT)
        except SituationError:
            continue
        return dated
    return tried
