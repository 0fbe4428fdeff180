"""Which past questions are most like one: those with the same answer first, then those whose facts differ least."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.storage.review_queue import QueueLine
from api.storage.review_reading import Alike

MOST = 5
DAYS = ("aujourdhui", "date_contact")  # the day of the question is no likeness


def nearest(line: QueueLine, facts: Mapping[str, object], past: Iterable[Alike]) -> list[tuple[Alike, tuple[str, ...]]]:
    """The few most like it, each with the facts that differ, in the order of their names."""

    def far(one: tuple[Alike, tuple[str, ...]]) -> tuple[bool, int]:
        found, differing = one
        return (found.status, found.mission) != (line.status, line.mission), len(differing)

    return sorted(((one, differing(facts, one.facts)) for one in past), key=far)[:MOST]


def differing(facts: Mapping[str, object], others: Mapping[str, object]) -> tuple[str, ...]:
    """The facts that are not the same in both; one that only one of them has counts."""
    names = (facts.keys() | others.keys()) - set(DAYS)
    return tuple(sorted(name for name in names if facts.get(name) != others.get(name)))
