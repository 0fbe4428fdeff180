"""Traits: what the rules can tell apart of a situation. Each trait is known as the set of values still possible.

A set is empty where facts about the same trait clash (a count of none and a list of some).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rules.situation import Situation, Value, bounds
from rules.vocabulary import Delays

if TYPE_CHECKING:
    from rules.model import Territory

YES, NO = "oui", "non"
KNOWN, ABSENT = "connu", "inconnu"
ORIENTATION = ("aucune", "a_activer", "closes")
MOMENT = ("passe", "present", "futur")
STILL_OPEN = frozenset({"non_commencee", "en_cours"})
CLOSED = frozenset({"prise_en_charge", "faite", "refusee"})


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait: how it is read (``kind``), from which facts, and its whole domain in order."""

    id: str
    kind: str
    facts: tuple[str, ...]
    domain: tuple[str, ...]

    @property
    def asked(self) -> bool:
        """Whether a missing fact of this trait is worth asking for; « known » and « moment » are read as they are."""
        return self.kind not in ("known", "moment")


def decided(territory: Territory | None) -> dict[str, bool]:
    """The options that a territory has decided, fact -> taken or not."""
    return {fact: bool(option.value) for fact, option in territory.options.items()} if territory else {}


def knowledge(
    traits: Mapping[str, Trait], delays: Delays, situation: Situation, options: Mapping[str, bool]
) -> dict[str, frozenset[str]]:
    """What the situation says of every trait. ``options``: what the territory decided, fact -> value."""
    known = {trait.id: read_trait(trait, delays, situation) for trait in traits.values()}
    for fact, value in options.items():
        known[fact] = known[fact] & {YES if value else NO}
    return known


def read_trait(trait: Trait, delays: Delays, situation: Situation) -> frozenset[str]:
    """What the situation says of one trait."""
    value = situation.get(trait.facts[0])
    contact = situation.get("date_contact")
    if not isinstance(contact, date):
        raise TypeError("a situation has its date_contact: make it with rules.situation.parse")
    match trait.kind:
        case "known":
            return frozenset({ABSENT if value is None else KNOWN})
        case "moment":
            return frozenset({_moment(contact, situation.get("aujourdhui"))})
        case "orientation":
            return _orientation(value, situation.get(trait.facts[1]))
        case "delay":
            earliest, latest = bounds(value)
            if value is None:
                return frozenset(z.id for z in delays.zones)
            return delays.between(_day(earliest), _day(latest), contact)
        case _:
            return frozenset(trait.domain) if value is None else frozenset({word(value)})


def _day(bound: date | int | None) -> date | None:
    return bound if isinstance(bound, date) else None


def word(value: Value) -> str:
    """A fact's value as a trait's value."""
    return (YES if value else NO) if isinstance(value, bool) else str(value)


def _moment(contact: date, today: Value | None) -> str:
    if not isinstance(today, date) or contact == today:
        return "present"
    return "passe" if contact < today else "futur"


def _orientation(count: Value | None, states: Value | None) -> frozenset[str]:
    """None given, one left to activate, or all closed: from how many were given and the states of those listed."""
    least, most = bounds(count)
    listed = states if isinstance(states, tuple) else None
    possible = set(ORIENTATION)
    if most == 0 or (listed == () and least is None):
        possible &= {"aucune"}
    if isinstance(least, int) and least > 0:
        possible -= {"aucune"}
    if listed:
        possible -= {"aucune"}
        if STILL_OPEN & set(listed):
            possible -= {"closes"}
        elif set(listed) <= CLOSED and (not isinstance(least, int) or least <= len(listed)):
            possible -= {"a_activer"}
    return frozenset(possible)
