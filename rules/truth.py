"""Conditions as functions of what is known, for those evaluated often: the same truth as `conditions.holds`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rules.conditions import All, Any, Condition, Is, Knowledge, Not, traits_of

Truth = Callable[[Sequence[int]], bool | None]


class Truths:
    """The truth of each condition over bits: for each trait in order, the values still possible, the first lowest.

    A condition becomes a function when it is first asked for; the caller keeps the conditions alive.
    """

    def __init__(self, domains: Mapping[str, tuple[str, ...]]) -> None:
        self._places = {trait: (i, domain) for i, (trait, domain) in enumerate(domains.items())}
        self._made: dict[int, Truth] = {}
        self._looked_at: dict[int, tuple[int, ...]] = {}

    def bits(self, known: Knowledge) -> list[int]:
        """The values still possible of each trait."""
        return [
            sum(1 << i for i, value in enumerate(domain) if value in known[trait])
            for trait, (_, domain) in self._places.items()
        ]

    def looked_at(self, condition: Condition) -> tuple[int, ...]:
        """The places of the traits that the condition looks at."""
        found = self._looked_at.get(id(condition))
        if found is None:
            found = self._looked_at[id(condition)] = tuple(sorted(self._places[t][0] for t in traits_of(condition)))
        return found

    def of(self, condition: Condition) -> Truth:
        made = self._made.get(id(condition))
        if made is None:
            true, false = self._sure(condition, True), self._sure(condition, False)
            source = f"lambda k: True if {true} else False if {false} else None"
            made = self._made[id(condition)] = eval(source, {})  # noqa: S307  (made here, of numbers alone)
        return made

    def _sure(self, condition: Condition, wanted: bool) -> str:
        """An expression for « surely true », or « surely false »."""
        match condition:
            case Is(trait, values):
                place, domain = self._places[trait]
                against = sum(1 << i for i, value in enumerate(domain) if (value in values) is not wanted)
                return f"not k[{place}] & {against}"
            case Not(part):
                return self._sure(part, not wanted)
            case All(parts) | Any(parts):
                every = isinstance(condition, All) is wanted
                inner = (" and " if every else " or ").join(self._sure(p, wanted) for p in parts)
                return f"({inner})" if parts else str(every)
