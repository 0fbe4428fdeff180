"""Conditions over traits, in three values: true, false, unknown.

A trait's knowledge is the set of values that it may still have. A condition is true when it holds for every one
of them, false when it holds for none, else unknown (None).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Knowledge = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Is:
    """The trait has one of the values."""

    trait: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds. No part: true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds. No part: false."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Is | All | Any | Not
TRUE = All(())
FALSE = Any(())


def holds(condition: Condition, known: Knowledge) -> bool | None:
    """Whether the condition holds, given for each trait the values still possible; None when unknown."""
    match condition:
        case Is(trait, values):
            possible = known[trait]
            return True if possible <= values else None if possible & values else False
        case Not(part):
            inner = holds(part, known)
            return None if inner is None else not inner
        case All(parts):
            return _every(parts, known)
        case Any(parts):
            negated = _every(tuple(Not(p) for p in parts), known)
            return None if negated is None else not negated


def _every(parts: tuple[Condition, ...], known: Knowledge) -> bool | None:
    verdict: bool | None = True
    for part in parts:
        inner = holds(part, known)
        if inner is False:
            return False
        if inner is None:
            verdict = None
    return verdict


def given(condition: Condition, trait: str, value: str) -> Condition:
    """What is left to check of the condition once the trait has this value."""
    match condition:
        case Is(name, values):
            return condition if name != trait else TRUE if value in values else FALSE
        case Not(part):
            return negation(given(part, trait, value))
        case All(parts):
            return conjunction(given(p, trait, value) for p in parts)
        case Any(parts):
            return disjunction(given(p, trait, value) for p in parts)


def negation(part: Condition) -> Condition:
    """Not, simplified."""
    if part == TRUE:
        return FALSE
    if part == FALSE:
        return TRUE
    return part.part if isinstance(part, Not) else Not(part)


def conjunction(parts: Iterator[Condition]) -> Condition:
    """All, simplified: no true part, no repetition, false at the first false part."""
    kept: dict[Condition, None] = {}
    for part in parts:
        if part == FALSE:
            return FALSE
        kept.update(dict.fromkeys(part.parts if isinstance(part, All) else (part,)))
    return next(iter(kept)) if len(kept) == 1 else All(tuple(kept))


def disjunction(parts: Iterator[Condition]) -> Condition:
    """Any, simplified: no false part, no repetition, true at the first true part."""
    kept: dict[Condition, None] = {}
    for part in parts:
        if part == TRUE:
            return TRUE
        kept.update(dict.fromkeys(part.parts if isinstance(part, Any) else (part,)))
    return next(iter(kept)) if len(kept) == 1 else Any(tuple(kept))


def traits_of(condition: Condition) -> frozenset[str]:
    """The traits that the condition looks at."""
    match condition:
        case Is(trait, _):
            return frozenset({trait})
        case Not(part):
            return traits_of(part)
        case All(parts) | Any(parts):
            return frozenset().union(*(traits_of(p) for p in parts))
