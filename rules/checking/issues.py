"""What an inspection finds: faults and warnings, each with its place and a situation that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.checking.diff import Difference
from rules.checking.witness import Witness

FAULT, WARNING = "fault", "warning"
FAULTS = frozenset({
    "gap", "rules_at_odds", "certainty_at_odds", "rule_never", "contradiction_never", "mission_never",
    "mission_without_rule", "excluded_yet_answered", "example_fails", "question_never", "choice_never", "term_unused",
    "statement_uncited", "cited_by_unknown", "open_question_never", "partition_missing", "partition_changed",
})  # fmt: skip
WARNINGS = frozenset({
    "condition_never", "condition_always", "rules_doubled", "contradiction_contained", "fact_unused", "trait_unused",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong. Its words are the catalog message ``check.<code>``; ``row`` is the place in the file."""

    code: str
    file: str
    row: str
    params: Mapping[str, object] = field(default_factory=dict)
    witness: Witness | None = None

    @property
    def severity(self) -> str:
        return WARNING if self.code in WARNINGS else FAULT


@dataclass(frozen=True, slots=True)
class Inspection:
    """All issues, how many situations were covered, how many of them can be, and what differs from the review.

    ``difference`` is None where there is no reviewed partition.
    """

    issues: tuple[Issue, ...]
    situations: int
    possible: int
    difference: Difference | None = None

    @property
    def faults(self) -> tuple[Issue, ...]:
        return tuple(i for i in self.issues if i.severity == FAULT)
