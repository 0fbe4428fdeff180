"""A compiled ruleset as one territory reads it, with what was already worked out: the same is never done twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from rules.coding import Coding
from rules.compile import CompiledRuleset
from rules.conditions import Knowledge
from rules.exploration import Exploration
from rules.model import Conclusion, Flip, Territory
from rules.situation import Situation
from rules.traits import Trait, decided, known_of
from rules.vocabulary import Range

Key = TypeVar("Key")
Made = TypeVar("Made")
MOST_KEPT = 20_000
MOST_STEPS = 1000  # some kilobytes each
MOST_TERRITORIES = 64


class Reading:
    """What the rules see of situations under a territory's settings.

    ``conclusions``, ``explored`` and ``flips`` are kept by key, ``flips_on`` for each day of contact too, each at
    most MOST_KEPT; see `rules.coding`. ``steps``: where each Interview without facts told stands, at most
    MOST_STEPS.
    """

    def __init__(self, compiled: CompiledRuleset, territory: Territory | None) -> None:
        ruleset = compiled.ruleset
        self.compiled, self.territory = compiled, territory
        self.delays, self.options = ruleset.delays_in(territory), decided(territory)
        self.coding = Coding(ruleset.traits, ruleset.delays, self.delays)
        self.size = len(ruleset.traits)
        self._told: list[tuple[Trait, int, dict[int, frozenset[str]]]] = [
            (trait, self.coding.place(i, trait), {}) for i, trait in enumerate(ruleset.traits.values())
        ]
        self._known: dict[bytes, Knowledge] = {}
        self._answers: dict[bytes, frozenset[Hashable]] = {}
        self.explored: dict[bytes, Exploration] = {}
        self.conclusions: dict[tuple[bytes, bool], Conclusion] = {}
        self.flips: dict[bytes, Any] = {}
        self.flips_on: dict[tuple[bytes, date], tuple[Flip, ...]] = {}
        self.steps: dict[Any, Any] = {}
        self._days: dict[tuple[str, date], Range] = {}
        without = None if territory is None or not territory.pause_months else replace(territory, pause_months=None)
        self.without_convention = Reading(compiled, without) if without else self

    def known(self, situation: Situation) -> Knowledge:
        """What the situation says of every trait."""
        key = self.coding.key(situation)[: self.size]
        return kept(self._known, key, lambda: self._read(situation, key))

    def _read(self, situation: Situation, key: bytes) -> Knowledge:
        known = {}
        for trait, place, told in self._told:
            found = told.get(key[place])
            if found is None:
                found = told[key[place]] = known_of(trait, self.delays, situation, self.options)
            known[trait.id] = found
        return known

    def days(self, zone: str, contact: date) -> Range:
        """The days whose delay before the contact lies in the zone."""
        return kept(self._days, (zone, contact), lambda: self.delays.dates(zone, contact))

    def exploration(self, situation: Situation) -> Exploration:
        """What is still possible; see `Explorer.explore`."""
        letters = self.coding.key(situation)[: self.size]
        return kept(self.explored, letters, lambda: self.compiled.explorer.explore(self.known(situation)))

    def answers(self, situation: Situation) -> frozenset[Hashable]:
        """The answers that the facts still allow; empty where they clash."""
        return kept(self._answers, self.coding.key(situation)[: self.size], lambda: self._possible(situation))

    def _possible(self, situation: Situation) -> frozenset[Hashable]:
        known = self.known(situation)
        return self.compiled.explorer.possible_answers(known) if all(known.values()) else frozenset()


def kept(memory: dict[Key, Made], key: Key, work: Callable[[], Made], most: int = MOST_KEPT) -> Made:
    """What is kept under the key, worked out where nothing is; the memory is emptied when it is full."""
    found = memory.get(key)
    if found is None:
        if len(memory) >= most:
            memory.clear()
        found = memory[key] = work()
    return found


def reading(compiled: CompiledRuleset, territory: Territory | None) -> Reading:
    """The ruleset's reading under a territory's settings: made once, and kept with the compiled ruleset."""
    made: Reading | None = compiled.kept.get(id(territory))
    if made is None or made.territory is not territory:
        if len(compiled.kept) >= MOST_TERRITORIES:
            compiled.kept.clear()
        made = compiled.kept[id(territory)] = Reading(compiled, territory)
    return made
