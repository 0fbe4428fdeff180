"""An order of the traits in which those that conditions look at together stand near each other.

A table folded in such an order has few different rests at any place, so that it can be cut there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.conditions import Condition, traits_of
from rules.model import Ruleset

ROUNDS = 60


def order_nearby(ruleset: Ruleset, traits: Sequence[str]) -> tuple[str, ...]:
    """The traits in such an order: each again and again moved to the middle of the conditions that look at it.

    The best of so many rounds is the one in which the conditions stretch least.
    """
    seen = [traits_of(c).intersection(traits) for c in _conditions(ruleset)]
    groups = [group for group in seen if len(group) > 1]
    order, best, least = list(traits), tuple(traits), float("inf")
    for _ in range(ROUNDS):
        places = {trait: place for place, trait in enumerate(order)}
        middles = [(sum(places[t] for t in group) / len(group), group) for group in groups]
        pulls = {trait: _middle(trait, middles, places[trait]) for trait in order}
        order = sorted(order, key=lambda trait: (pulls[trait], places[trait]))
        stretch = sum(_stretch(group, order) for group in groups)
        if stretch < least:
            best, least = tuple(order), stretch
    return best


def _conditions(ruleset: Ruleset) -> Iterator[Condition]:
    yield from (clash.when for clash in ruleset.contradictions)
    yield from (rule.when for rule in ruleset.rules)


def _middle(trait: str, middles: list[tuple[float, frozenset[str]]], here: float) -> float:
    """Where the conditions pull the trait: the fewer traits one looks at, the more it pulls."""
    pulling = [(middle, 1 / len(group)) for middle, group in middles if trait in group]
    weight = sum(pull for _, pull in pulling)
    return sum(middle * pull for middle, pull in pulling) / weight if weight else here


def _stretch(group: frozenset[str], order: list[str]) -> int:
    places = [place for place, trait in enumerate(order) if trait in group]
    return places[-1] - places[0]
