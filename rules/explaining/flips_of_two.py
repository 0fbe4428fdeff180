"""What would change the answer when one fact is not enough: two facts together, each pair really tried."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations

from rules.compile import CompiledRuleset
from rules.errors import SituationError
from rules.explaining.steps import Ground, Step, steps
from rules.flips import CIRCUMSTANCES, find_flips
from rules.model import Flip, Territory
from rules.situation import Situation, Value, check_order

# What is worth saying where it was not given. Of the delays, one: since when nobody has supported the household.
WORTH_SAYING = frozenset(c for c in CIRCUMSTANCES if not c.startswith("delai_"))


def find_flips_of_two(compiled: CompiledRuleset, situation: Situation, territory: Territory | None) -> tuple[Flip, ...]:
    """For each answer that no change of one fact leads to, the first pair of facts that does; missions first.

    The situation has one answer. A pair changes at least one fact that was given; the other may be one that was not.
    ``missions`` is empty where the pair leads to a referral. Every pair is tried as a situation.
    """
    ground = Ground(compiled, situation, territory)
    before = answer_after(ground, {})
    if before is None:
        return ()
    moves = [step for name in CIRCUMSTANCES for step in steps(ground, name)]
    reached = {before, *_by_one(ground, moves)}
    reached |= {("settled", *flip.missions) for flip in find_flips(compiled, situation, territory) if flip.missions}
    found: dict[Hashable, Flip] = {}
    for change in _pairs(ground, moves):
        answer = answer_after(ground, change)
        if answer is not None and answer not in reached and answer not in found:
            found[answer] = Flip(change, missions_of(answer))
    return tuple(sorted(found.values(), key=lambda flip: not flip.missions))


def answer_after(ground: Ground, change: Mapping[str, Value | None]) -> Hashable | None:
    """The one answer after the change; None where facts clash, cannot be, or leave several answers."""
    changed = ground.situation.with_facts(change)
    try:
        check_order(ground.compiled.ruleset.vocabulary, changed)
    except SituationError:
        return None
    answers = ground.answers(change)
    return next(iter(answers)) if len(answers) == 1 else None


def missions_of(answer: Hashable) -> tuple[str, ...]:
    """The missions of an answer; none for a referral."""
    return answer[1:] if isinstance(answer, tuple) and answer[0] == "settled" else ()


def _by_one(ground: Ground, moves: list[Step]) -> Iterator[Hashable]:
    """The answers that one step leads to."""
    for step in moves:
        answer = answer_after(ground, step.change)
        if answer is not None:
            yield answer


def _pairs(ground: Ground, moves: list[Step]) -> Iterator[dict[str, Value | None]]:
    """Each pair of steps that changes two facts, in the order in which a visitor can act on them."""
    given = {name for name, trait in ground.compiled.ruleset.traits.items() if ground.given(trait)}
    for one, other in combinations(moves, 2):
        pair = {one.trait, other.trait}
        change = {**one.change, **other.change}
        if len(pair) == len(change) == 2 and pair & given and pair <= given | WORTH_SAYING:
            yield change
