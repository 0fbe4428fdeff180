"""Questions that can never matter, and choices that can never be offered."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations

from rules.algebra import NONE, Space
from rules.checking.issues import Issue
from rules.conditions import traits_of
from rules.load import QUESTIONS
from rules.model import Ruleset
from rules.table import Answer, Table
from rules.traits import NO, ORIENTATION, YES, Trait

CLASH = "clash"


def dead_questions(ruleset: Ruleset, table: Table) -> Iterator[Issue]:
    """A question is asked about its fact; it matters where knowing a trait of it can leave fewer answers."""
    outcomes = table.space.mapped(table.answers, _outcome)
    for question in ruleset.questions:
        traits = [t for t in ruleset.traits.values() if t.asked and t.facts[0] == question.id]
        if not any(_matters(ruleset, table.space, outcomes, trait) for trait in traits):
            yield Issue("question_never", QUESTIONS, question.id)


def _outcome(value: Hashable) -> Hashable:
    """What the interview tells apart: missions or the referral; not how certain."""
    return value if not isinstance(value, Answer) else CLASH if value.clash else (value.missions, value.question)


def _matters(ruleset: Ruleset, space: Space, outcomes: int, trait: Trait) -> bool:
    given = [space.given(outcomes, {trait.id: value}) for value in trait.domain]
    if any(_at_odds(space, one, other) for one, other in combinations(given, 2)):
        return True
    related = {t for c in ruleset.contradictions if trait.id in (found := traits_of(c.when)) for t in found}
    return any(_narrows(space, given, other) for other in sorted(related - {trait.id}))


def _at_odds(space: Space, one: int, other: int) -> bool:
    """Whether some same completion is answered differently, and clashes in neither."""
    pairs = space.values_in(space.pair(one, other))
    return any(CLASH not in pair and pair[0] != pair[1] for pair in pairs if isinstance(pair, tuple))


def _narrows(space: Space, given: list[int], unknown: str) -> bool:
    """Whether a value leaves fewer answers than another where one more trait is unknown."""
    left: dict[int, Mapping[Hashable, int]] = {}
    for one, other in combinations(given, 2):
        for table in (one, other):
            if table not in left:
                left[table] = _answers_left(space, table, unknown)
        if _leaves_fewer(space, left[one], left[other]) or _leaves_fewer(space, left[other], left[one]):
            return True
    return False


def _leaves_fewer(space: Space, one: Mapping[Hashable, int], other: Mapping[Hashable, int]) -> bool:
    anything = space.either(*other.values())
    lost = (space.minus(where, other.get(outcome, NONE)) for outcome, where in one.items())
    return any(space.both(anything, where) != NONE for where in lost)


def _answers_left(space: Space, table: int, unknown: str) -> Mapping[Hashable, int]:
    """For each answer the cells in which it is possible, whatever the unknown trait."""
    found: dict[Hashable, int] = {}
    for outcome in space.values_in(table):
        if outcome != CLASH:
            where = space.where(table, outcome)
            found[outcome] = space.either(*(space.given(where, {unknown: v}) for v in space.domains[unknown]))
    return found


def dead_choices(ruleset: Ruleset, table: Table) -> Iterator[Issue]:
    """A choice whose facts clash, or that says a value which nothing knows, can never be offered."""
    for question in ruleset.questions:
        for choice in question.choices:
            if table.space.both(table.possible, _cells(ruleset, table.space, choice.facts)) == NONE:
                facts = ", ".join(f"{fact}: {value}" for fact, value in choice.facts.items())
                yield Issue("choice_never", QUESTIONS, f"{question.id} › {choice.id}", {"facts": facts})


def _cells(ruleset: Ruleset, space: Space, facts: Mapping[str, object]) -> int:
    by_fact = {t.facts[0]: t for t in ruleset.traits.values() if t.kind in ("choice", "orientation")}
    return space.both(*(space.test(by_fact[f].id, _values(v)) for f, v in facts.items() if f in by_fact))


def _values(value: object) -> tuple[str, ...]:
    match value:
        case bool():
            return (YES if value else NO,)
        case int():
            return ORIENTATION[:1] if value == 0 else ORIENTATION[1:]
        case {"from": _}:
            return ORIENTATION[1:]
        case _:
            return (str(value),)
