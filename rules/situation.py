"""The situation: immutable facts, parsed once at the boundary. An absent fact is unknown, which is not false."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from rules.errors import FactError, SituationError, nearest
from rules.vocabulary import Fact, Range, Vocabulary

FIRST_YEAR, LAST_YEAR = 2000, 2100
UNKNOWN = "inconnu"
Value = str | bool | int | date | Range | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """Known facts. A date or a count may be a Range; orientations are a tuple of their states."""

    facts: Mapping[str, Value]

    def get(self, fact: str) -> Value | None:
        return self.facts.get(fact)

    def with_facts(self, changes: Mapping[str, Value | None]) -> Situation:
        """A new situation with these facts said (None: taken back)."""
        merged = {**self.facts, **changes}
        return Situation(MappingProxyType({k: v for k, v in merged.items() if v is not None}))

    def record(self) -> dict[str, object]:
        """Plain JSON values; a Range is ``{"from": …, "to": …}``, the free text of orientations is left out."""
        return {fact: _plain(value, fact) for fact, value in self.facts.items()}


def _plain(value: Value, fact: str) -> object:
    if isinstance(value, Range):
        bounds = {"from": value.earliest, "to": value.latest}
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in bounds.items() if v is not None}
    if isinstance(value, tuple):
        return [{"etat": state} for state in value]
    return value.isoformat() if isinstance(value, date) else value


def parse(vocabulary: Vocabulary, raw: object, today: date, *, ranges: bool = False) -> Situation:
    """Facts as they come from outside -> a Situation in which ``aujourdhui`` and ``date_contact`` are known.

    ``raw``: a mapping from fact to JSON value; null and « inconnu » are unknown. ``ranges``: also accept
    ``{"from": …, "to": …}`` (our own records; the contract has no ranges). Raises SituationError with every
    error at once: unknown fact or value, impossible date, dates out of order.
    """
    if not isinstance(raw, Mapping):
        raise SituationError([FactError("not_an_object", "situation", raw)])
    errors: list[FactError] = []
    facts: dict[str, Value] = {}
    known = vocabulary.facts
    for name, value in raw.items():
        fact = known.get(name)
        if fact is None:
            hint = nearest(str(name), list(known))
            errors.append(FactError("unknown_fact", str(name), value, {"nearest": hint}))
        elif value is not None and value != UNKNOWN:
            parsed = _parse(fact, value, ranges)
            if isinstance(parsed, FactError):
                errors.append(parsed)
            else:
                facts[name] = parsed
    facts.setdefault("aujourdhui", today)
    facts.setdefault("date_contact", facts["aujourdhui"])
    if not any(e.fact in ("aujourdhui", "date_contact") for e in errors):
        errors += _out_of_order(vocabulary, facts)
    if errors:
        raise SituationError(errors)
    return Situation(MappingProxyType(facts))


def _parse(fact: Fact, value: object, ranges: bool) -> Value | FactError:
    kind = fact.kind
    if kind == "choice":
        if isinstance(value, str) and value in fact.values:
            return value
        return _unknown_value(fact.id, value, fact.values)
    if kind == "bool":
        return value if isinstance(value, bool) else FactError("not_a_bool", fact.id, value)
    if kind == "orientations":
        return _orientations(fact, value)
    if ranges and isinstance(value, Mapping):
        return _range(fact, value)
    if kind == "date":
        return _date(fact, value)
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000
    return value if whole and isinstance(value, int) else FactError("not_a_count", fact.id, value)


def _unknown_value(fact: str, value: object, allowed: tuple[str, ...]) -> FactError:
    hint = {"nearest": nearest(str(value), allowed), "allowed": ", ".join(allowed)}
    return FactError("unknown_value", fact, value, hint)


def _date(fact: Fact, value: object) -> date | FactError:
    if type(value) is date:
        day = value
    else:
        try:
            if not isinstance(value, str) or len(value) != 10:
                return FactError("not_a_date", fact.id, value)
            day = date.fromisoformat(value)
        except ValueError:
            return FactError("not_a_date", fact.id, value)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return FactError("year_out_of_range", fact.id, value, {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)})
    return day


def _range(fact: Fact, value: Mapping[object, object]) -> Range | FactError:
    bounds: list[date | int | None] = []
    for key in ("from", "to"):
        bound = value.get(key)
        parsed = None if bound is None else _parse(fact, bound, ranges=False)
        if isinstance(parsed, FactError):
            return parsed
        bounds.append(parsed if isinstance(parsed, date | int) else None)
    return Range(bounds[0], bounds[1])


def _orientations(fact: Fact, value: object) -> tuple[str, ...] | FactError:
    if not isinstance(value, list) or len(value) > 100:
        return FactError("not_orientations", fact.id, value)
    states = []
    for item in value:
        if not isinstance(item, Mapping) or not set(item) <= {"libelle", "etat"}:
            return FactError("not_orientations", fact.id, item)
        said = item.get("etat")
        state = "inconnue" if said is None or said == "" else said
        if state not in fact.values:
            return _unknown_value(f"{fact.id}.etat", state, fact.values)
        if not isinstance(item.get("libelle", ""), str | None):
            return FactError("not_orientations", fact.id, item)
        states.append(str(state))
    return tuple(states)


def check_order(vocabulary: Vocabulary, situation: Situation) -> None:
    """Raise SituationError where dates are out of order."""
    if errors := _out_of_order(vocabulary, situation.facts):
        raise SituationError(errors)


def _out_of_order(vocabulary: Vocabulary, facts: Mapping[str, Value]) -> list[FactError]:
    errors, told = [], set[str]()
    for first, second in vocabulary.date_order:
        if first not in facts or second not in facts:
            continue
        start, end = facts[first], facts[second]
        if type(start) is not date or type(end) is not date:
            start, end = bounds(start)[0], bounds(end)[1]  # type: ignore[assignment]
        if isinstance(start, date) and isinstance(end, date) and start > end and first not in told:
            told.add(first)
            code = "future_dst" if (first, second) == ("date_dst", "aujourdhui") else "dates_out_of_order"
            hint = {"other": second, "other_value": end.isoformat()}
            errors.append(FactError(code, first, start.isoformat(), hint))
    return errors


def bounds(value: Value | None) -> tuple[date | int | None, date | int | None]:
    """The least and the greatest that a date or a count may be; None where unbounded or unknown."""
    if isinstance(value, Range):
        return value.earliest, value.latest
    if isinstance(value, date | int) and not isinstance(value, bool):
        return value, value
    return None, None
