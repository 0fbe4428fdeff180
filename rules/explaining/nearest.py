"""The nearest change that leads to a mission: the shortest way through the diagram, then tried with the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf

from rules.explaining.flips_of_two import WORTH_SAYING, answer_after, missions_of
from rules.explaining.steps import Change, Ground, steps
from rules.flips import CIRCUMSTANCES
from rules.model import Flip
from rules.situation import Value
from rules.traits import KNOWN

# A fact changed weighs more than any number of facts said; among equals, what a visitor can act on comes first.
CHANGED, SAID = 1000, 30
SAID_IF_NEEDED = WORTH_SAYING | {"action"}
TRIES, ENOUGH = 300, 12
Price = tuple[float, Mapping[str, Value | None]]


def nearest_changes(ground: Ground, missions: Iterable[str]) -> Mapping[str, Flip | None]:
    """For each mission the change of the fewest given facts, then with the fewest facts said that were not, that
    gives it.

    None where no change that was tried does. Every change is tried as a situation, and holds nothing it can do
    without.
    """
    prices: dict[str, dict[str, Price]] = {}
    return {mission: _nearest(ground, mission, _Way(ground, mission, prices)) for mission in missions}


def _nearest(ground: Ground, mission: str, way: _Way) -> Flip | None:
    found: list[Change] = []
    for _, change in zip(range(TRIES), way.changes(), strict=False):
        given = {fact: value for fact, value in change.items() if ground.situation.get(fact) is not None}
        leading = next((c for c in (given, change) if c and _leads(ground, c, mission)), None)
        if leading is not None:
            found.append(_without_excess(ground, leading, mission))
        if len(found) == ENOUGH:
            break
    if not found:
        return None
    nearest = min(found, key=lambda c: (_changed(ground, c), len(c), sum(_rank_of_fact(ground, f) for f in c)))
    return Flip(nearest, missions_of(answer_after(ground, nearest)))


def _changed(ground: Ground, change: Change) -> int:
    """How many facts that were given change."""
    return sum(ground.situation.get(fact) is not None for fact in change)


def _leads(ground: Ground, change: Mapping[str, Value | None], mission: str) -> bool:
    return mission in missions_of(answer_after(ground, change))


def _without_excess(ground: Ground, change: Change, mission: str) -> Change:
    """The change less each fact that it can do without: first those that were given, last what one can act on."""
    order = sorted(change, key=lambda f: (ground.situation.get(f) is None, -_rank_of_fact(ground, f)))
    kept, before = dict(change), 0
    while len(kept) != before:
        before = len(kept)
        for fact in order:
            less = {f: value for f, value in kept.items() if f != fact}
            if less and _leads(ground, less, mission):
                kept = less
    return kept


@dataclass
class _Way:
    """The ways from the root of the diagram to the leaves of a mission, cheapest first. ``prices``: of each trait's
    values, shared by the missions."""

    ground: Ground
    mission: str
    prices: dict[str, dict[str, Price]]
    ahead: dict[int, float] = field(default_factory=dict)

    def changes(self) -> Iterator[Change]:
        """The changes along each way, cheapest first."""
        diagram = self.ground.compiled.diagram
        waiting: list[tuple[float, int, float, int, Change]] = [(self._ahead(diagram.root), 0, 0, diagram.root, {})]
        count, seen = 0, set[tuple[int, frozenset[tuple[str, Value | None]]]]()
        while waiting:
            total, _, paid, number, change = heappop(waiting)
            here = (0 if number in diagram.answers else number, frozenset(change.items()))
            if total == inf or here in seen:
                continue
            seen.add(here)
            if number in diagram.answers:
                yield change
                continue
            trait, children = diagram.nodes[number]
            for value, child in zip(diagram.domains[trait], children, strict=True):
                price, more = self._price(trait, value, change)
                if price + self._ahead(child) < inf:
                    count += 1
                    reach = paid + price
                    heappush(waiting, (reach + self._ahead(child), count, reach, child, {**change, **more}))

    def _ahead(self, number: int) -> float:
        """The least price from a node to a leaf of the mission."""
        diagram = self.ground.compiled.diagram
        if number not in self.ahead:
            if number in diagram.nodes:
                trait, children = diagram.nodes[number]
                values = zip(diagram.domains[trait], children, strict=True)
                prices = ((self._cheapest(trait, value), child) for value, child in values)
                self.ahead[number] = min(price + self._ahead(child) for price, child in prices)
            else:
                self.ahead[number] = 0 if self.mission in missions_of(diagram.answers.get(number)) else inf
        return self.ahead[number]

    def _cheapest(self, name: str, value: str) -> float:
        """The least that it can cost that the trait has the value, whatever was changed before."""
        return 0 if self._is_known_or_not(name) else self._prices(name).get(value, (inf, {}))[0]

    def _price(self, name: str, value: str, before: Change) -> Price:
        """What it costs, after the changes before, that the trait has the value, and the facts to change for it."""
        if not self._is_known_or_not(name):
            return self._prices(name).get(value, (inf, {}))
        fact = self.ground.compiled.ruleset.traits[name].facts[0]
        after = before.get(fact, self.ground.situation.get(fact))
        if (value == KNOWN) == (after is not None):
            return 0, {}
        return (CHANGED, {fact: None}) if value != KNOWN and fact not in before else (inf, {})

    def _is_known_or_not(self, name: str) -> bool:
        return self.ground.compiled.ruleset.traits[name].kind == "known"

    def _prices(self, name: str) -> dict[str, Price]:
        if name not in self.prices:
            known = self.ground.known({})[name]
            found: dict[str, Price] = {value: (0, {}) for value in known} if len(known) == 1 else {}
            for rank, step in enumerate(steps(self.ground, name)):
                changed = _changed(self.ground, dict(step.change))
                said = len(step.change) - changed
                found.setdefault(step.value, (changed * CHANGED + said * SAID + _rank(name) + rank / 100, step.change))
            free = not self.ground.given(self.ground.compiled.ruleset.traits[name]) and name not in SAID_IF_NEEDED
            self.prices[name] = {value: (0.0, {}) for value in known} | ({} if free else found)
        return self.prices[name]


def _rank(name: str) -> int:
    """The place of a trait among those that a visitor can act on."""
    return CIRCUMSTANCES.index(name) if name in CIRCUMSTANCES else len(CIRCUMSTANCES)


def _rank_of_fact(ground: Ground, fact: str) -> int:
    return min((_rank(t.id) for t in ground.compiled.ruleset.traits.values() if fact in t.facts), default=0)
