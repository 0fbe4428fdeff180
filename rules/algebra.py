"""Sets and tables over every combination of the traits, as shared decision diagrams: exact, and never enumerated.

A table gives each combination one value; a set is a table of True and False. Both are node numbers of one `Space`.
The same table always has the same number, so that « nothing changed » is one comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from math import prod

from rules.conditions import All, Any, Condition, Is, Not

NONE, EVERY = 0, 1
Path = dict[str, str]


class Space:
    """All combinations of the traits ``order``, each with its values in ``domains``."""

    def __init__(self, order: Sequence[str], domains: Mapping[str, tuple[str, ...]]) -> None:
        self.order, self.domains = tuple(order), dict(domains)
        self.level = {trait: i for i, trait in enumerate(self.order)}
        self.end = len(self.order)
        self.sizes = [len(self.domains[t]) for t in self.order]
        self.levels: list[int] = []
        self.children: list[tuple[int, ...]] = []
        self.values: dict[int, Hashable] = {}
        self._numbers: dict[Hashable, int] = {}
        self._chosen: dict[tuple[int, int, int], int] = {}
        self._paired: dict[tuple[int, int], int] = {}
        for value in (False, True):
            self.leaf(value)

    @property
    def size(self) -> int:
        """How many combinations there are."""
        return prod(self.sizes)

    def leaf(self, value: Hashable) -> int:
        """The table that has this value everywhere."""
        key = ("leaf", value)
        if key not in self._numbers:
            number = self._add(key, self.end, ())
            self.values[number] = value
        return self._numbers[key]

    def node(self, level: int, children: tuple[int, ...]) -> int:
        """The table that goes on with one child a value of the trait at ``level``."""
        if children.count(children[0]) == len(children):
            return children[0]
        found = self._numbers.get((level, children))
        return self._add((level, children), level, children) if found is None else found

    def _add(self, key: Hashable, level: int, children: tuple[int, ...]) -> int:
        self._numbers[key] = len(self.levels)
        self.levels.append(level)
        self.children.append(children)
        return len(self.levels) - 1

    def below(self, number: int, level: int) -> tuple[int, ...]:
        """The children at a level: a table that does not look at it has itself for each value."""
        return self.children[number] if self.levels[number] == level else (number,) * self.sizes[level]

    # --- sets -------------------------------------------------------------------------------------------
    def test(self, trait: str, values: Iterable[str]) -> int:
        """The combinations in which the trait has one of the values."""
        wanted = frozenset(values)
        return self.node(self.level[trait], tuple(int(v in wanted) for v in self.domains[trait]))

    def both(self, *sets: int) -> int:
        """What lies in all of the sets."""
        found = EVERY
        for one in sorted(sets, key=lambda s: -self.levels[s]):
            found = self.choose(one, found, NONE)
        return found

    def either(self, *sets: int) -> int:
        """What lies in one of the sets."""
        found = NONE
        for one in sorted(sets, key=lambda s: -self.levels[s]):
            found = self.choose(one, EVERY, found)
        return found

    def other(self, one: int) -> int:
        """What does not lie in the set."""
        return self.choose(one, NONE, EVERY)

    def minus(self, one: int, other: int) -> int:
        """What lies in the first set and not in the second."""
        return self.choose(other, NONE, one)

    # --- tables -----------------------------------------------------------------------------------------
    def choose(self, where: int, yes: int, no: int) -> int:
        """The table that is ``yes`` in the set and ``no`` outside it: every other operation is made of this."""
        if where == EVERY or yes == no:
            return yes
        if where == NONE:
            return no
        if yes == EVERY and no == NONE:
            return where
        key = (where, yes, no)
        found = self._chosen.get(key)
        if found is None:
            level = min(self.levels[where], self.levels[yes], self.levels[no])
            parts = zip(self.below(where, level), self.below(yes, level), self.below(no, level), strict=True)
            found = self._chosen[key] = self.node(level, tuple(self.choose(*part) for part in parts))
        return found

    def pair(self, one: int, other: int) -> int:
        """The table of both values: (value of one, value of other)."""
        found = self._paired.get((one, other))
        if found is None:
            level = min(self.levels[one], self.levels[other])
            if level == self.end:
                found = self.leaf((self.values[one], self.values[other]))
            else:
                parts = zip(self.below(one, level), self.below(other, level), strict=True)
                found = self.node(level, tuple(self.pair(*part) for part in parts))
            self._paired[one, other] = found
        return found

    def mapped(self, table: int, change: Callable[[Hashable], Hashable]) -> int:
        """The table of the changed values."""
        done: dict[int, int] = {}

        def walk(number: int) -> int:
            if number not in done:
                level = self.levels[number]
                done[number] = (
                    self.leaf(change(self.values[number]))
                    if level == self.end
                    else self.node(level, tuple(walk(c) for c in self.children[number]))
                )
            return done[number]

        return walk(table)

    def where(self, table: int, value: Hashable) -> int:
        """The set in which the table has the value."""
        return self.mapped(table, lambda found: found == value)

    def values_in(self, table: int, where: int = EVERY) -> frozenset[Hashable]:
        """The values that the table has in the set."""
        found: set[Hashable] = set()
        seen: set[tuple[int, int]] = set()
        steps = [(table, where)]
        while steps:
            here = steps.pop()
            level = min(self.levels[here[0]], self.levels[here[1]])
            if here[1] == NONE or here in seen:
                continue
            seen.add(here)
            if self.levels[here[0]] == self.end:
                found.add(self.values[here[0]])
            else:
                steps += zip(self.below(here[0], level), self.below(here[1], level), strict=True)
        return frozenset(found)

    def counts(self, table: int) -> dict[Hashable, int]:
        """How many combinations have each value."""
        found: dict[int, dict[Hashable, int]] = {}

        def walk(number: int) -> dict[Hashable, int]:
            if number not in found:
                level = self.levels[number]
                if level == self.end:
                    return found.setdefault(number, {self.values[number]: 1})
                total: dict[Hashable, int] = {}
                for child in self.children[number]:
                    skipped = prod(self.sizes[level + 1 : self.levels[child]])
                    for value, count in walk(child).items():
                        total[value] = total.get(value, 0) + count * skipped
                found[number] = total
            return found[number]

        above = prod(self.sizes[: self.levels[table]])
        return {value: count * above for value, count in walk(table).items()}

    def count(self, one: int) -> int:
        """How many combinations lie in the set."""
        return self.counts(one).get(True, 0)

    def pick(self, one: int) -> Path | None:
        """The traits and values that lead into the set, whatever the other traits; None when it is empty."""
        if one == NONE:
            return None
        path: Path = {}
        while one != EVERY:
            level = self.levels[one]
            trait = self.order[level]
            index = next(i for i, child in enumerate(self.children[one]) if child != NONE)
            path[trait], one = self.domains[trait][index], self.children[one][index]
        return path

    def given(self, table: int, path: Mapping[str, str]) -> int:
        """What is left of the table once these traits have these values."""
        levels = {self.level[t]: self.domains[t].index(v) for t, v in path.items()}
        done: dict[int, int] = {}

        def walk(number: int) -> int:
            if number not in done:
                level = self.levels[number]
                if level == self.end:
                    done[number] = number
                elif level in levels:
                    done[number] = walk(self.children[number][levels[level]])
                else:
                    done[number] = self.node(level, tuple(walk(c) for c in self.children[number]))
            return done[number]

        return walk(table)

    def traits(self, table: int) -> frozenset[str]:
        """The traits on which the table depends."""
        seen: set[int] = set()
        steps = [table]
        while steps:
            number = steps.pop()
            if number not in seen:
                seen.add(number)
                steps += self.children[number]
        return frozenset(self.order[self.levels[n]] for n in seen if self.levels[n] < self.end)


class Reader:
    """Conditions -> the sets of a space in which they hold.

    ``meaning``: for a trait, what each of its values is called in the space (one value or several), where the
    space is not cut as the conditions are; a trait that is left out has its own values.
    """

    def __init__(self, space: Space, meaning: Mapping[str, Mapping[str, frozenset[str]]] | None = None) -> None:
        self.space, self.meaning = space, dict(meaning or {})
        self._read: dict[Condition, int] = {}

    def of(self, condition: Condition) -> int:
        """The combinations in which the condition holds."""
        if condition not in self._read:
            self._read[condition] = self._of(condition)
        return self._read[condition]

    def _of(self, condition: Condition) -> int:
        match condition:
            case Is(trait, values):
                meant = self.meaning.get(trait)
                return self.space.test(
                    trait, values if meant is None else frozenset().union(*(meant[v] for v in values))
                )
            case Not(part):
                return self.space.other(self.of(part))
            case All(parts):
                return self.space.both(*(self.of(p) for p in parts))
            case Any(parts):
                return self.space.either(*(self.of(p) for p in parts))
