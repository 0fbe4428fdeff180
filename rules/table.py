"""The whole table of a ruleset, cell by cell: what is answered in every combination of traits, and what is said.

Made from the rules alone, also from rules with gaps and overlaps, which `compile_ruleset` refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass

from rules.algebra import EVERY, NONE, Reader, Space
from rules.conditions import Condition
from rules.model import Contradiction, Note, OpenPoint, Rule, Ruleset
from rules.truth import Truths

Reading = Callable[[Condition], int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one cell is answered: missions with a certainty, or a referral. ``clash``: because facts clash."""

    missions: tuple[str, ...] = ()
    certainty: str = "open"
    reason: str = ""
    decider: str = ""
    question: str = ""
    candidates: tuple[str, ...] = ()
    clash: bool = False

    @property
    def outcome(self) -> tuple[object, ...]:
        """What is decided: without the certainty, and without the words of the question."""
        return self.missions, self.reason, self.decider, self.candidates, self.clash


@dataclass(frozen=True, slots=True)
class Gap:
    """No rule answers."""


@dataclass(frozen=True, slots=True)
class AtOdds:
    """Several rules hold: their ids."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Saying:
    """A sentence that goes with answers. ``kind``: reason, clash, excluded, open_point or advice; ``message``: its id.

    ``about``: the mission that it is about, if one. ``even_if_unknown``: also where nothing says it does not hold.
    """

    kind: str
    message: str
    about: str = ""
    even_if_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The answers of a ruleset over a space. ``answers`` is a table of Answer, Gap and AtOdds; the rest are sets.

    ``possible``: where no facts clash; ``holds``: where each rule holds, of those; ``clashes``: each contradiction.
    ``truths``: the ruleset's conditions as functions of what is known.
    """

    space: Space
    of: Reading
    possible: int
    answers: int
    holds: Mapping[str, int]
    clashes: Mapping[str, int]
    sayings: Mapping[Saying, int]
    truths: Truths


def space_of(ruleset: Ruleset) -> Space:
    """Every combination of the ruleset's traits."""
    return Space(tuple(ruleset.traits), {trait.id: trait.domain for trait in ruleset.traits.values()})


def tabulate(ruleset: Ruleset, reader: Reader | None = None) -> Table:
    """The table of a ruleset. ``reader``: how its conditions are read in a space that is not its own."""
    reader = reader or Reader(space_of(ruleset))
    space, of = reader.space, reader.of
    clashes = {c.id: of(c.when) for c in ruleset.contradictions}
    possible = space.other(space.either(*clashes.values()))
    holds = {rule.id: space.both(of(rule.when), possible) for rule in ruleset.rules}
    answers = space.leaf(Gap())
    taken = NONE
    for rule in ruleset.rules:
        answers = _with_rule(space, answers, rule, of, holds[rule.id], taken)
        taken = space.either(taken, holds[rule.id])
    for clash in reversed(ruleset.contradictions):
        answers = space.choose(clashes[clash.id], space.leaf(answer_to_clash(clash)), answers)
    sayings: dict[Saying, int] = {}
    truths = Truths({trait.id: trait.domain for trait in ruleset.traits.values()})
    table = Table(space, of, possible, answers, holds, clashes, sayings, truths)
    for saying, where in _sayings(ruleset, table):
        sayings[saying] = space.either(sayings.get(saying, NONE), where)
    return table


def answer_to_clash(clash: Contradiction) -> Answer:
    """What facts that clash are answered."""
    return _referral(clash.open, clash.candidates, clash=True)


def answer_of(rule: Rule, *, stated: bool) -> Answer:
    """What a rule answers, where its ``stated_when`` holds or not."""
    if rule.open:
        return _referral(rule.open, rule.candidates)
    return Answer(rule.missions, "stated" if stated or rule.certainty == "stated" else "inferred")


def _referral(point: OpenPoint, candidates: tuple[str, ...], clash: bool = False) -> Answer:
    return Answer((), "open", point.reason, point.decider, point.question, candidates, clash)


def _with_rule(space: Space, answers: int, rule: Rule, of: Reading, where: int, taken: int) -> int:
    stated = of(rule.stated_when) if rule.stated_when is not None else NONE
    mine = space.choose(stated, space.leaf(answer_of(rule, stated=True)), space.leaf(answer_of(rule, stated=False)))
    double = space.both(where, taken)
    if double != NONE:
        mine = space.choose(double, space.leaf(AtOdds((rule.id,))), mine)
    return space.choose(where, mine, answers)


def _sayings(ruleset: Ruleset, table: Table) -> Iterator[tuple[Saying, int]]:
    space, of = table.space, table.of
    for rule in ruleset.rules:
        for said in rule.reasons:
            where = EVERY if said.when is None else of(said.when)
            yield Saying("reason", said.reason.message), space.both(table.holds[rule.id], where)
    for clash in ruleset.contradictions:
        for reason in clash.reasons:
            yield Saying("clash", reason.message), table.clashes[clash.id]
    for mission in ruleset.missions.values():
        for said in mission.excluded:
            yield Saying("excluded", said.reason.message, mission.id), of(said.when) if said.when else EVERY
    for note in ruleset.notes:
        where = space.both(of(note.when), answered(ruleset, table, note.mission))
        for message in _messages(note):
            yield message, where


def _messages(note: Note) -> Iterator[Saying]:
    for number in note.open_points:
        yield Saying("open_point", str(number), note.mission, note.even_if_unknown)
    if note.advice:
        yield Saying("advice", note.advice, note.mission, note.even_if_unknown)


def answered(ruleset: Ruleset, table: Table, mission: str) -> int:
    """The cells of which a mission is an answer."""
    rules = (rule.id for rule in ruleset.rules if mission in rule.missions)
    return table.space.either(*(table.holds[rule] for rule in rules))


def is_at_odds(value: Hashable) -> bool:
    return isinstance(value, Gap | AtOdds)
