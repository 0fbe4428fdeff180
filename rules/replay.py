"""Past enquiries under another ruleset -> what changes. Pure: the caller reads the log and the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rules.compile import CompiledRuleset
from rules.engine import examine
from rules.errors import SituationError
from rules.model import Finding, Territory
from rules.situation import parse

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer comes to, whatever its reasons: missions with a certainty, or who decides and why."""

    status: str
    missions: tuple[str, ...]
    certainty: str
    reason: str | None = None
    decider: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A question of the log: its facts as a record of a situation, its day, what was answered.

    ``territory``: its settings as they are to be taken; ``place``: its id, also where it has no settings (any more).
    ``key``: the caller's own name of the question.
    """

    key: str
    facts: Mapping[str, object]
    asked_on: date
    territory: Territory | None
    was: Outcome
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A past question under another ruleset. ``finding`` is None where it reads the facts no longer.

    ``unreadable``: then each fact at fault with the code of its error.
    """

    past: Past
    finding: Finding | None
    becomes: Outcome | None
    unreadable: tuple[tuple[str, str], ...] = ()

    @property
    def changed(self) -> bool:
        return self.becomes is not None and self.becomes != self.past.was


def outcome_of(finding: Finding) -> Outcome:
    """What a finding comes to."""
    return Outcome(
        finding.status,
        finding.missions,
        finding.certainty,
        finding.open.reason if finding.open else None,
        finding.open.decider if finding.open else None,
    )


def replayed(past: Past, compiled: CompiledRuleset) -> Replayed:
    """One past question, asked again with no more facts than it had."""
    try:
        situation = parse(compiled.ruleset.vocabulary, past.facts, past.asked_on, ranges=True)
    except SituationError as error:
        return Replayed(past, None, None, tuple((e.fact, e.code) for e in error.errors))
    finding = examine(compiled, situation, past.territory, final=True)
    return Replayed(past, finding, outcome_of(finding))


@dataclass(slots=True)
class Group:
    """The questions that go from one outcome to another (None: they are no longer readable), the first as examples."""

    was: Outcome
    becomes: Outcome | None
    unreadable: tuple[tuple[str, str], ...]
    count: int = 0
    examples: list[Past] = field(default_factory=list)


@dataclass(slots=True)
class Comparison:
    """What a replay found so far. Of each group only the first few questions are held."""

    unchanged: int = 0
    changed: int = 0
    unreadable: int = 0
    _groups: dict[object, Group] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.unchanged + self.changed + self.unreadable

    @property
    def groups(self) -> tuple[Group, ...]:
        """The largest first."""
        return tuple(sorted(self._groups.values(), key=lambda group: -group.count))

    def add(self, one: Replayed) -> None:
        if one.becomes == one.past.was:
            self.unchanged += 1
            return
        if one.becomes is None:
            self.unreadable += 1
        else:
            self.changed += 1
        key = (one.past.was, one.becomes, one.unreadable)
        group = self._groups.setdefault(key, Group(one.past.was, one.becomes, one.unreadable))
        group.count += 1
        if len(group.examples) < EXAMPLES:
            group.examples.append(one.past)
