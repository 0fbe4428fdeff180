"""The trace of an answer, for those who write rules: what was read of every trait, and how each condition came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.compile import CompiledRuleset
from rules.conditions import All, Any, Condition, Is, Knowledge, Not, holds
from rules.diagram import Diagram
from rules.engine import look
from rules.model import Territory
from rules.situation import Situation


@dataclass(frozen=True, slots=True)
class Part:
    """A condition and its parts, as they come out: ``verdict`` is true, false, or None (unknown).

    ``kind``: is, all, any or not. ``term``: its name in the terms, if it has one. ``trait`` and ``values``: of an
    « is ». ``decides``: the whole comes out as it does because of this part.
    """

    kind: str
    verdict: bool | None
    decides: bool
    term: str | None = None
    trait: str | None = None
    values: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class TracedTrait:
    """A trait: the values that the facts leave possible, and those that some possible household has."""

    id: str
    facts: tuple[str, ...]
    possible: tuple[str, ...]
    live: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TracedRule:
    """A rule, contradiction or term: its id, the file it stands in, and its condition as it came out."""

    id: str
    origin: str
    condition: Part


@dataclass(frozen=True, slots=True)
class Asked:
    """A trait that the diagram asks on the way, and the values with which the way goes on."""

    trait: str
    followed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything an answer went through. ``answers``: what is still possible, one where it is settled or referred."""

    ruleset: str
    version: str
    traits: tuple[TracedTrait, ...]
    terms: tuple[TracedRule, ...]
    contradictions: tuple[TracedRule, ...]
    rules: tuple[TracedRule, ...]
    path: tuple[Asked, ...]
    answers: tuple[tuple[str, ...], ...]


def trace(compiled: CompiledRuleset, situation: Situation, territory: Territory | None = None) -> Trace:
    """The trace of a situation. Conditions come out over what the facts say, as each rule reads them."""
    seen = look(compiled, situation, territory)
    ruleset, known = compiled.ruleset, seen.known
    names = {condition: name for name, condition in ruleset.terms.items()}

    def traced(name: str, origin: str, condition: Condition) -> TracedRule:
        return TracedRule(name, origin, part(condition, known, names))

    return Trace(
        ruleset=ruleset.id.name,
        version=ruleset.id.version,
        traits=tuple(
            TracedTrait(t.id, t.facts, _ordered(t.domain, known[t.id]), _ordered(t.domain, seen.still.live[t.id]))
            for t in ruleset.traits.values()
        ),
        terms=tuple(traced(name, "terms.yaml", condition) for name, condition in ruleset.terms.items()),
        contradictions=tuple(traced(c.id, c.origin, c.when) for c in ruleset.contradictions),
        rules=tuple(traced(r.id, r.origin, r.when) for r in ruleset.rules),
        path=_path(compiled.diagram, seen.still.live if seen.still.answers else known),
        answers=tuple(sorted(a for a in seen.still.answers if isinstance(a, tuple))),
    )


def part(condition: Condition, known: Knowledge, names: Mapping[Condition, str], decides: bool = True) -> Part:
    """A condition as it comes out over what is known, with the parts that decide marked."""
    verdict = holds(condition, known)
    name = names.get(condition)
    match condition:
        case Is(trait, values):
            return Part("is", verdict, decides, name, trait, tuple(sorted(values)))
        case Not(inner):
            return Part("not", verdict, decides, name, parts=(part(inner, known, names, decides),))
        case All(parts) | Any(parts):
            grouped = _by_term(condition, parts, names)
            traced = tuple(part(p, known, names, decides and holds(p, known) is verdict) for p in grouped)
            return Part("all" if isinstance(condition, All) else "any", verdict, decides, name, parts=traced)


def _by_term(whole: Condition, parts: tuple[Condition, ...], names: Mapping[Condition, str]) -> tuple[Condition, ...]:
    """The parts, those that a term brought in put together under it again, the largest term first."""
    kind = type(whole)
    terms = sorted((t for t in names if type(t) is kind and t != whole), key=lambda t: -len(_parts(t)))
    left, found = list(parts), list[Condition]()
    for term in terms:
        inside = _parts(term)
        if len(inside) > 1 and set(inside) <= set(left):
            left = [p for p in left if p not in inside]
            found.append(term)
    return (*found, *left)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, All | Any) else ()


def _path(diagram: Diagram, left: Knowledge) -> tuple[Asked, ...]:
    """The traits that the diagram asks on the ways that are left, from the root, each with the values followed."""
    followed: dict[str, set[str]] = {}
    waiting, seen = [diagram.root], {diagram.root}
    while waiting:
        trait, children = diagram.nodes.get(waiting.pop(), ("", ()))
        for value, child in zip(diagram.domains.get(trait, ()), children, strict=True):
            if value in left[trait]:
                followed.setdefault(trait, set()).add(value)
                waiting += {child} - seen
                seen.add(child)
    return tuple(Asked(t, _ordered(diagram.domains[t], frozenset(followed[t]))) for t in diagram.order if t in followed)


def _ordered(domain: tuple[str, ...], values: frozenset[str]) -> tuple[str, ...]:
    return tuple(v for v in domain if v in values)
