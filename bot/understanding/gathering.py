"""Statements put together: what is said once, or twice the same, stands; what is said in two ways does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.understanding.clauses import Stretch
from bot.understanding.intervals import Interval
from bot.understanding.past import Stated
from rules.yaml_text import mapping_in, read_text

RULES = Path(__file__).parents[2] / "rules" / "data" / "slime-plus"
# A fact that rules the others out.
_RULED_OUT = (
    ("dst", "pas_fait", ("date_dst", "date_derniere_visite", "date_debut_sr", "date_fin_sr")),
    ("dst", "en_cours", ("date_dst", "date_debut_sr", "date_fin_sr")),
    ("sr", "aucun", ("date_debut_sr", "date_fin_sr")),
    ("sr", "en_cours", ("date_fin_sr",)),
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """``facts`` that stand, ``clashes`` that do not, and the places of the words of both."""

    facts: Mapping[str, object]
    clashes: frozenset[str]
    places: Mapping[str, tuple[Stretch, ...]]


def gather(stated: Iterable[Stated]) -> Gathered:
    """Each fact with its one value."""
    values: dict[str, list[object]] = {}
    places: dict[str, tuple[Stretch, ...]] = {}
    for one in stated:
        values.setdefault(one.fact, []).append(one.value)
        places[one.fact] = (*places.get(one.fact, ()), *one.places)
    facts, clashes = {}, set()
    for fact, said in values.items():
        value = _one(said)
        if value is None:
            clashes.add(fact)
        else:
            facts[fact] = value
    clashes |= _ruled_out(facts) | _out_of_order(facts)
    if "date_contact" in clashes:
        clashes |= {f for f in ("issue_contact", "mode_contact", "initiative") if f in facts}
    return Gathered({f: v for f, v in facts.items() if f not in clashes}, frozenset(clashes), places)


def _one(values: list[object]) -> object | None:
    """The value on which all agree: of days or counts that lie in each other, the narrowest."""
    found = values[0]
    for value in values[1:]:
        if value == found:
            continue
        narrower = _narrower(found, value)
        if narrower is None:
            return None
        found = narrower
    return found


def _narrower(one: object, other: object) -> object | None:
    if isinstance(one, Interval) and isinstance(other, Interval):
        return other if _holds(one, other) else one if _holds(other, one) else None
    if isinstance(one, dict) and isinstance(other, int):
        return other
    if isinstance(one, int) and isinstance(other, dict) and one > 0:
        return one
    return None


def _holds(one: Interval, other: Interval) -> bool:
    return (one.first is None or (other.first is not None and one.first <= other.first)) and (
        one.last is None or (other.last is not None and other.last <= one.last)
    )


def _ruled_out(facts: Mapping[str, object]) -> set[str]:
    out: set[str] = set()
    for fact, value, others in _RULED_OUT:
        if facts.get(fact) == value and any(o in facts for o in others):
            out |= {fact, *(o for o in others if o in facts)}
    return out


def _out_of_order(facts: Mapping[str, object]) -> set[str]:
    """Dates that surely come in the wrong order."""
    out: set[str] = set()
    for first, second in _date_order():
        one, other = facts.get(first), facts.get(second)
        if not isinstance(one, Interval) or not isinstance(other, Interval):
            continue
        if one.first and other.last and one.first > other.last:
            out |= {first, second}
    return out


@cache
def _date_order() -> tuple[tuple[str, str], ...]:
    raw = mapping_in("facts.yaml", read_text(RULES, "facts.yaml"))["date_order"]
    return tuple((str(a), str(b)) for a, b in raw)
