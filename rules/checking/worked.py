"""Worked examples against the table: the same answer as `examine`, found by sets instead of by the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rules.algebra import NONE, Space
from rules.contradicted import contradicted
from rules.errors import SituationError
from rules.model import Conclusion, Convention, Example, Ruleset, Territory
from rules.situation import parse
from rules.table import Answer, Saying, Table
from rules.traits import decided, knowledge

YEAR_END = date(2026, 12, 31)


def broken_promises(ruleset: Ruleset, table: Table, example: Example) -> tuple[str, ...]:
    """The keys of ``expect`` that the table does not give; « facts » where the facts are refused."""
    territory = territory_of(example)
    raw = {k: v.isoformat() if isinstance(v, date) else v for k, v in example.facts.items()}
    try:
        situation = parse(ruleset.vocabulary, raw, YEAR_END)
    except SituationError:
        return ("facts",)
    known = knowledge(ruleset.traits, ruleset.delays_in(territory), situation, decided(territory))
    found = _Found(table, known)
    if not found.answers:
        found = _Clashing(table, known, contradicted(ruleset, table.truths, known, situation, ()))
    return tuple(key for key, wanted in example.expect.items() if not found.keeps(key, wanted))


def territory_of(example: Example) -> Territory | None:
    """The territory that an example supposes, as the engine takes it."""
    if not example.territory:
        return None
    said = {k: Convention(v, "", YEAR_END) for k, v in example.territory.items()}
    return Territory("", "", {k: v for k, v in said.items() if k != "pause_months"}, said.get("pause_months"))


class _Found:
    """What the table says where these values are still possible."""

    def __init__(self, table: Table, known: Mapping[str, frozenset[str]]) -> None:
        self.table, self.space = table, table.space
        self.cells = cells_of(self.space, known)
        self.live = self.space.both(self.cells, table.possible)
        self.answers = [a for a in self.space.values_in(table.answers, self.live) if isinstance(a, Answer)]

    def keeps(self, key: str, wanted: object) -> bool:
        """Whether one line of ``expect`` holds."""
        one = self.answers[0] if len({a.outcome for a in self.answers}) == 1 else None
        match key:
            case "status":
                return wanted == ("asking" if one is None else "settled" if one.missions else "referred")
            case "certainty":
                return wanted == ("stated" if all(a.certainty == "stated" for a in self.answers) else "inferred")
            case "open":
                return one is not None and wanted == {"reason": one.reason, "decider": one.decider}
            case "missions" | "candidates":
                ruled_out = {s.about for s in self._said("excluded")}
                got = getattr(one, key, ()) if key == "missions" or one is None else one.candidates
                return wanted == [m for m in got if key == "missions" or m not in ruled_out]
            case _:
                return self._says(key, wanted)

    def _says(self, key: str, wanted: object) -> bool:
        match key, wanted:
            case "reasons", list():
                cited = {statement_of(s) for s in (*self._said("reason"), *self._said("clash"))}
                return set(wanted) <= cited
            case "excluded", dict():
                pairs = {(s.about, statement_of(s)) for s in self._said("excluded")}
                return all((mission, n) in pairs for mission, numbers in wanted.items() for n in numbers)
            case "open_points", list():
                return sorted({int(s.message) for s in self._said("open_point")}) == wanted
        return True

    def _said(self, kind: str) -> list[Saying]:
        return [s for s, where in self.table.sayings.items() if s.kind == kind and self._holds(s, where)]

    def _holds(self, saying: Saying, where: int) -> bool:
        if saying.even_if_unknown:
            return self.space.both(self.live, where) != NONE
        return self.space.minus(self.live, where) == NONE


class _Clashing(_Found):
    """What is said where every completion clashes: the clashes that are sure, or made sure by the others."""

    def __init__(self, table: Table, known: Mapping[str, frozenset[str]], finding: Conclusion) -> None:
        super().__init__(table, known)
        self.finding, self.live = finding, self.cells
        point = finding.open
        if point is not None:
            self.answers = [Answer((), "open", point.reason, point.decider, point.question, finding.candidates, True)]

    def _said(self, kind: str) -> list[Saying]:
        if kind == "clash":
            return [Saying("clash", reason.message) for reason in self.finding.reasons]
        return super()._said(kind)


def cells_of(space: Space, known: Mapping[str, frozenset[str]]) -> int:
    """The cells that the knowledge leaves possible."""
    return space.both(*(space.test(trait, values) for trait, values in known.items()))


def statement_of(saying: Saying) -> int:
    """The statement that a reason, a clash or an exclusion cites: the number in its message."""
    return next(int(part) for part in reversed(saying.message.split(".")) if part.isdigit())
