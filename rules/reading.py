"""A compiled ruleset as one territory reads it, with what was already worked out: the same is never done twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

from rules.coding import Coding
from rules.compile import CompiledRuleset
from rules.conditions import Knowledge
from rules.exploration import Exploration
from rules.model import Conclusion, Territory
from rules.situation import Situation
from rules.traits import NO, YES, decided, read_trait
from rules.vocabulary import Range

Key = TypeVar("Key")
Made = TypeVar("Made")
MOST_KEPT = 100_000
MOST_TERRITORIES = 64


class Reading:
    """What the rules see of situations under a territory's settings.

    ``conclusions``, ``explored`` and ``flips`` are kept by key, each at most MOST_KEPT; see `rules.coding`.
    """

    def __init__(self, compiled: CompiledRuleset, territory: Territory | None) -> None:
        ruleset = compiled.ruleset
        self.compiled, self.territory = compiled, territory
        self.delays = ruleset.delays_in(territory)
        self.options = {fact: frozenset({YES if taken else NO}) for fact, taken in decided(territory).items()}
        self.coding = Coding(ruleset.traits, ruleset.delays, self.delays)
        self.size = len(ruleset.traits)
        self._values: dict[tuple[str, int], frozenset[str]] = {}
        self._known: dict[bytes, Knowledge] = {}
        self._answers: dict[bytes, frozenset[Hashable]] = {}
        self.explored: dict[bytes, Exploration] = {}
        self.conclusions: dict[tuple[bytes, bool], Conclusion] = {}
        self.flips: dict[bytes, Any] = {}
        self._days: dict[tuple[str, date], Range] = {}
        without = None if territory is None or not territory.pause_months else replace(territory, pause_months=None)
        self.without_convention = Reading(compiled, without) if without else self

    def known(self, situation: Situation) -> Knowledge:
        """What the situation says of every trait."""
        return kept(self._known, self.coding.key(situation)[: self.size], lambda: self._read(situation))

    def _read(self, situation: Situation) -> Knowledge:
        traits, letters = self.compiled.ruleset.traits.values(), self.coding.key(situation)
        known = {
            trait.id: kept(self._values, (trait.id, letter), partial(read_trait, trait, self.delays, situation))
            for trait, letter in zip(traits, letters[: self.size], strict=True)
        }
        return known | {fact: known[fact] & values for fact, values in self.options.items()}

    def days(self, zone: str, contact: date) -> Range:
        """The days whose delay before the contact lies in the zone."""
        return kept(self._days, (zone, contact), lambda: self.delays.dates(zone, contact))

    def exploration(self, situation: Situation) -> Exploration:
        """What is still possible; see `diagram.explore`."""
        letters = self.coding.key(situation)[: self.size]
        return kept(self.explored, letters, lambda: self.compiled.explorer.explore(self.known(situation)))

    def answers(self, situation: Situation) -> frozenset[Hashable]:
        """The answers that the facts still allow; empty where they clash."""
        return kept(self._answers, self.coding.key(situation)[: self.size], lambda: self._possible(situation))

    def _possible(self, situation: Situation) -> frozenset[Hashable]:
        known = self.known(situation)
        return self.compiled.explorer.possible_answers(known) if all(known.values()) else frozenset()


def kept(memory: dict[Key, Made], key: Key, work: Callable[[], Made]) -> Made:
    """What is kept under the key, worked out where nothing is; the memory is emptied when it is full."""
    found = memory.get(key)
    if found is None:
        if len(memory) >= MOST_KEPT:
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
