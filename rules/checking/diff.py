"""Two rulesets -> every situation whose answer changes, in the fewest boxes found, with exact counts."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from rules.algebra import NONE, Space
from rules.checking.cover import Box, fewest_boxes
from rules.checking.frame import common, frame_of
from rules.compile import CompiledRuleset
from rules.model import Ruleset
from rules.table import Answer, Saying, Table, tabulate

TRIES = 60  # orders of the traits tried for the fewest boxes: an author waits for the answer


@dataclass(frozen=True, slots=True)
class NotKnown:
    """One of the rulesets does not know a fact or a value of these situations."""


@dataclass(frozen=True, slots=True)
class Change:
    """Situations whose answer changes in the same way.

    ``kind``: answer (the missions or who decides), certainty, or words (the question to the decider). ``cells``: the
    set, in the difference's space; ``boxes`` hold it, and beside it only facts that clash before and after.
    """

    kind: str
    was: Hashable
    becomes: Hashable
    count: int
    cells: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class SayingChange:
    """Situations, otherwise answered as before, that gain or lose a sentence."""

    saying: Saying
    gained: bool
    count: int
    cells: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changes. Each situation lies in one change of ``answers`` at most."""

    space: Space
    answers: tuple[Change, ...]
    sayings: tuple[SayingChange, ...]

    def __bool__(self) -> bool:
        return bool(self.answers or self.sayings)


def compare(old: CompiledRuleset, new: CompiledRuleset) -> Difference:
    """What changes between two rulesets, whatever their facts, traits and zones of delay."""
    return compare_rulesets(old.ruleset, new.ruleset)


def compare_rulesets(old: Ruleset, new: Ruleset) -> Difference:
    """The same before compiling: also between rulesets with gaps and overlaps."""
    both = common(frame_of(old), frame_of(new))
    tables = [tabulate(ruleset, reader) for ruleset, reader in zip((old, new), both.readers, strict=True)]
    return compare_tables(tables[0], tables[1], both.unheard_of)


def compare_tables(old: Table, new: Table, unheard_of: tuple[int, int] = (NONE, NONE)) -> Difference:
    """The same of two tables over one space; ``unheard_of``: the cells that each does not know."""
    space = new.space
    if old.answers == new.answers and dict(old.sayings) == dict(new.sayings) and unheard_of == (NONE, NONE):
        return Difference(space, (), ())
    before, after = (
        space.choose(unknown, space.leaf(NotKnown()), space.mapped(table.answers, _without_its_clash))
        for table, unknown in zip((old, new), unheard_of, strict=True)
    )
    pairs = space.pair(before, after)
    clash = space.mapped(pairs, lambda pair: _same_clash(*_both(pair)))
    found = [(_both(pair), count) for pair, count in space.counts(pairs).items() if len(set(_both(pair))) > 1]
    cells = [space.where(pairs, pair) for pair, _ in found]
    covers = fewest_boxes(space, cells, clash, TRIES)
    changes = [
        Change(_kind(was, becomes), was, becomes, count, where, cover)
        for ((was, becomes), count), where, cover in zip(found, cells, covers, strict=True)
    ]
    same = space.mapped(pairs, lambda pair: len(set(_both(pair))) == 1 or _kind(*_both(pair)) != "answer")
    order = {"answer": 0, "certainty": 1, "words": 2}
    changes.sort(key=lambda change: (order[change.kind], -change.count))
    return Difference(space, tuple(changes), tuple(_sayings(old, new, same, clash)))


def _both(pair: Hashable) -> tuple[Hashable, Hashable]:
    """A value of a paired table as the pair that it is."""
    if not isinstance(pair, tuple):
        raise TypeError(f"not a pair: {pair!r}")
    return pair[0], pair[1]


def _without_its_clash(answer: Hashable) -> Hashable:
    """Facts that clash are answered alike whatever clash is named first; which ones are, is a saying."""
    return replace(answer, question="") if isinstance(answer, Answer) and answer.clash else answer


def _same_clash(was: Hashable, becomes: Hashable) -> bool:
    return was == becomes and isinstance(was, Answer) and was.clash


def _kind(was: Hashable, becomes: Hashable) -> str:
    if not isinstance(was, Answer) or not isinstance(becomes, Answer) or was.outcome != becomes.outcome:
        return "answer"
    return "certainty" if was.certainty != becomes.certainty else "words"


def _sayings(old: Table, new: Table, same: int, clash: int) -> Iterator[SayingChange]:
    """Where facts clash only the clashes are told; what else is ruled out there is no news."""
    space = new.space
    for of_clashes in (False, True):
        about = same if of_clashes else space.minus(same, clash)
        found = []
        for saying in sorted({*old.sayings, *new.sayings}):
            if (saying.kind == "clash") == of_clashes:
                was, becomes = (space.both(about, table.sayings.get(saying, NONE)) for table in (old, new))
                changes = (True, space.minus(becomes, was)), (False, space.minus(was, becomes))
                found += [(saying, gained, where) for gained, where in changes if where != NONE]
        covers = fewest_boxes(space, [where for _, _, where in found], NONE if of_clashes else clash, TRIES)
        for (saying, gained, where), cover in zip(found, covers, strict=True):
            yield SayingChange(saying, gained, space.count(where), where, cover)
