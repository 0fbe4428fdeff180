"""What the guide shows of a ruleset. None of it is a rule, and none changes an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that the text asks and does not answer. ``message``, with .known and .unknown, words it."""

    id: str
    statements: tuple[int, ...]
    decider: str
    message: str


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A wording of a statement that can be read in several ways."""

    id: str
    statement: int
    message: str


@dataclass(frozen=True, slots=True)
class Case:
    """A situation to examine: facts, and the zone of the delay ``since`` a date fact (None: no delay is said)."""

    facts: Mapping[str, object]
    since: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class GuidePlan:
    """What the guide shows of a ruleset: missions in order, stages by name, cases to vary over every delay."""

    missions: tuple[str, ...]
    course: Mapping[str, Case]
    delays: tuple[Case, ...]
    questions: tuple[OpenQuestion, ...]
    ambiguities: tuple[Ambiguity, ...]
