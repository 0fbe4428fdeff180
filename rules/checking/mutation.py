"""The mutation run: is every mistake that changes an answer caught, and by what?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.algebra import Reader
from rules.checking.frame import common, frame_of
from rules.checking.mutants import Files, Mutant, mutants
from rules.checking.partition_text import Reviewed
from rules.checking.worked import broken_promises
from rules.errors import RulesetError
from rules.load import ruleset_from
from rules.model import Ruleset
from rules.table import Table, is_at_odds, space_of, tabulate

ROOM = 2_000_000  # nodes of a shared space before a new one is begun


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant. ``changes``: whether any answer or sentence does; then what catches it.

    ``refused``: it does not load; ``incomplete``: a gap, or rules at odds; ``by_cases``: a worked example fails;
    ``by_partition``: the reviewed partition says otherwise.
    """

    mutant: Mutant
    changes: bool
    refused: bool = False
    incomplete: bool = False
    by_cases: bool = False
    by_partition: bool = False

    @property
    def missed(self) -> bool:
        caught = self.refused or self.incomplete or self.by_cases or self.by_partition
        return self.changes and not caught


@dataclass(frozen=True, slots=True)
class Tally:
    """A run in numbers; of the mutants that change an answer unless said otherwise."""

    mutants: int
    equivalent: int
    refused: int
    incomplete: int
    by_cases: int
    by_partition: int
    missed: int

    @property
    def changing(self) -> int:
        return self.mutants - self.equivalent


def all_mutants(ruleset: Ruleset, files: Files) -> list[Mutant]:
    """Every mutant of a ruleset."""
    return list(mutants(files, {trait.id: trait.domain for trait in ruleset.traits.values()}))


def run(ruleset: Ruleset, reviewed: Reviewed, tried: Iterable[Mutant]) -> Iterator[Verdict]:
    """The verdict on each mutant, in order."""
    bench = _Bench(ruleset, reviewed)
    for mutant in tried:
        yield bench.judge(mutant)


class _Bench:
    """The right table and the reviewed one, beside which mutants of the same frame are laid."""

    def __init__(self, ruleset: Ruleset, reviewed: Reviewed) -> None:
        self.ruleset, self.reviewed = ruleset, reviewed
        self._begin()

    def _begin(self) -> None:
        self.reader = Reader(space_of(self.ruleset))
        self.right = tabulate(self.ruleset, self.reader)
        self.approved = self.reviewed.table(self.reader)

    def judge(self, mutant: Mutant) -> Verdict:
        try:
            wrong = ruleset_from(mutant.files)
        except RulesetError:
            return Verdict(mutant, changes=True, refused=True)
        if frame_of(wrong) != frame_of(self.ruleset):
            return self._reframed(mutant, wrong)
        if len(self.reader.space.levels) > ROOM:
            self._begin()
        table = tabulate(wrong, self.reader)
        return self._verdict(mutant, wrong, table, not _same(table, self.right), not _same(table, self.approved))

    def _reframed(self, mutant: Mutant, wrong: Ruleset) -> Verdict:
        """A mutant that cuts time elsewhere: compared on the cuts of both."""
        both = common(frame_of(self.ruleset), frame_of(wrong))
        right, table = (tabulate(r, reader) for r, reader in zip((self.ruleset, wrong), both.readers, strict=True))
        approved = self.reviewed.table(both.readers[0])
        own = tabulate(wrong)
        return self._verdict(mutant, wrong, own, not _same(table, right), not _same(table, approved))

    def _verdict(self, mutant: Mutant, wrong: Ruleset, table: Table, changes: bool, differs: bool) -> Verdict:
        if not changes:
            return Verdict(mutant, changes=False)
        return Verdict(
            mutant,
            changes=True,
            incomplete=any(is_at_odds(value) for value in table.space.values_in(table.answers)),
            by_cases=any(broken_promises(wrong, table, example) for example in wrong.examples),
            by_partition=differs,
        )


def _same(one: Table, other: Table) -> bool:
    return one.answers == other.answers and dict(one.sayings) == dict(other.sayings)


def tally(verdicts: Iterable[Verdict]) -> Tally:
    """The run in numbers."""
    found: Counter[str] = Counter()
    for verdict in verdicts:
        found["mutants"] += 1
        found["equivalent"] += not verdict.changes
        for name in ("refused", "incomplete", "by_cases", "by_partition", "missed"):
            found[name] += bool(getattr(verdict, name))
    names = ("mutants", "equivalent", "refused", "incomplete", "by_cases", "by_partition", "missed")
    return Tally(*(found[name] for name in names))
