"""The proof of a ruleset, over every combination of what its rules can tell apart: exhaustive, never sampled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from rules.algebra import EVERY, NONE
from rules.checking.census import census
from rules.checking.cover import Box, boxes
from rules.checking.diff import Difference, compare_tables
from rules.checking.frame import common, frame_of
from rules.checking.issues import Inspection, Issue
from rules.checking.partition_text import FILE, read
from rules.checking.questions import dead_choices, dead_questions
from rules.checking.witness import witness
from rules.checking.worked import broken_promises
from rules.conditions import Condition
from rules.model import Ruleset
from rules.table import Gap, Table, answered, tabulate


def inspect(ruleset: Ruleset, files: Mapping[str, Mapping[str, object]], reviewed: str | None) -> Inspection:
    """Every fault of a ruleset that loads, whether it compiles or not.

    ``files``: the raw data (`load.raw_files`); ``reviewed``: the text of the reviewed partition, None without one.
    Raises RulesetError where that text cannot be read.
    """
    table = tabulate(ruleset)
    looks = (_cells, _rules, _contradictions, _conditions, _missions, _examples, dead_questions, dead_choices)
    issues = [issue for look in looks for issue in look(ruleset, table)]
    issues += census(ruleset, table, files)
    difference = None if reviewed is None else against_review(ruleset, reviewed)
    if difference is None:
        issues.append(Issue("partition_missing", FILE, ""))
    elif difference:
        changes = len(difference.answers) + len(difference.sayings)
        issues.append(Issue("partition_changed", FILE, "", {"changes": changes}))
    space = table.space
    return Inspection(tuple(issues), space.size, space.count(table.possible), difference)


def against_review(ruleset: Ruleset, reviewed: str) -> Difference:
    """What the rules answer otherwise than the reviewed text says, cell by cell."""
    partition = read(reviewed)
    both = common(partition.frame, frame_of(ruleset))
    was, becomes = both.readers
    return compare_tables(partition.table(was), tabulate(ruleset, becomes), both.unheard_of)


def _cells(ruleset: Ruleset, table: Table) -> Iterator[Issue]:
    space = table.space
    gap = space.where(table.answers, Gap())
    if gap != NONE:
        found = boxes(space, gap, space.other(table.possible))
        params = {"count": space.count(gap), "where": said(found[0])}
        yield Issue("gap", "missions/*.yaml", "", params, witness(ruleset, space, gap))
    for one, other in combinations(ruleset.rules, 2):
        both = space.both(table.holds[one.id], table.holds[other.id])
        if both != NONE:
            row = f"{one.id} / {other.origin} › {other.id}"
            code = _at_odds(table, one.id, other.id, ruleset, both)
            yield Issue(code, one.origin, row, {"count": space.count(both)}, witness(ruleset, space, both))


def _at_odds(table: Table, one: str, other: str, ruleset: Ruleset, both: int) -> str:
    rules = {rule.id: rule for rule in ruleset.rules}
    if not rules[one].missions or rules[one].missions != rules[other].missions:
        return "rules_at_odds"
    certain = []
    for rule in (rules[one], rules[other]):
        stated = EVERY if rule.certainty == "stated" else table.of(rule.stated_when) if rule.stated_when else NONE
        certain.append(table.space.both(stated, both))
    return "rules_doubled" if certain[0] == certain[1] else "certainty_at_odds"


def _rules(ruleset: Ruleset, table: Table) -> Iterator[Issue]:
    for rule in ruleset.rules:
        if table.holds[rule.id] == NONE:
            shown = witness(ruleset, table.space, table.of(rule.when))
            yield Issue("rule_never", rule.origin, f"rules › {rule.id}", {}, shown)


def _contradictions(ruleset: Ruleset, table: Table) -> Iterator[Issue]:
    space = table.space
    for clash in ruleset.contradictions:
        here = table.clashes[clash.id]
        others = space.either(*(cells for name, cells in table.clashes.items() if name != clash.id))
        if here == NONE:
            yield Issue("contradiction_never", clash.origin, clash.id)
        elif space.minus(here, others) == NONE:
            yield Issue("contradiction_contained", clash.origin, clash.id, {}, witness(ruleset, space, here))


def _conditions(ruleset: Ruleset, table: Table) -> Iterator[Issue]:
    for rule in ruleset.rules:
        row, where = f"rules › {rule.id}", table.holds[rule.id]
        if rule.stated_when is not None:
            yield from _idle(ruleset, table, rule.origin, f"{row} › stated_when", rule.stated_when, where)
        for reason in rule.reasons:
            if reason.when is not None:
                name = f"{row} › {reason.reason.message}"
                yield from _idle(ruleset, table, rule.origin, name, reason.when, where)
    for mission in ruleset.missions.values():
        for said_ in mission.excluded:
            if said_.when is not None:
                row = f"excluded › {said_.reason.message}"
                yield from _idle(ruleset, table, _file(mission.id), row, said_.when, table.possible)
    for note in ruleset.notes:
        name = note.advice or f"open_points {', '.join(map(str, note.open_points))}"
        where = answered(ruleset, table, note.mission)
        if table.of(note.when) != EVERY:
            yield from _idle(ruleset, table, _file(note.mission), f"notes › {name}", note.when, where)


def _idle(ruleset: Ruleset, table: Table, file: str, row: str, when: Condition, where: int) -> Iterator[Issue]:
    """A condition that never holds, or always does, where it is asked about."""
    if where == NONE:
        return
    holds = table.space.both(table.of(when), where)
    if holds in (NONE, where):
        shown = witness(ruleset, table.space, where)
        yield Issue("condition_never" if holds == NONE else "condition_always", file, row, {}, shown)


def _missions(ruleset: Ruleset, table: Table) -> Iterator[Issue]:
    space = table.space
    for mission in ruleset.missions.values():
        cells = answered(ruleset, table, mission.id)
        if cells == NONE and any(mission.id in rule.missions for rule in ruleset.rules):
            yield Issue("mission_never", _file(mission.id), "")
        elif cells == NONE:
            yield Issue("mission_without_rule", _file(mission.id), "")
        for said_ in mission.excluded:
            where = space.both(cells, table.of(said_.when)) if said_.when is not None else cells
            if where != NONE:
                row = f"excluded › {said_.reason.message}"
                yield Issue("excluded_yet_answered", _file(mission.id), row, {}, witness(ruleset, space, where))


def _examples(ruleset: Ruleset, table: Table) -> Iterator[Issue]:
    for example in ruleset.examples:
        broken = broken_promises(ruleset, table, example)
        if broken:
            yield Issue("example_fails", example.origin, f"examples › {example.title}", {"keys": broken})


def _file(mission: str) -> str:
    return f"missions/{mission}.yaml"


def said(box: Box) -> str:
    """A box in the words of the rules: « dst=fait but=accompagner|les_deux »."""
    return " ".join(f"{trait}={'|'.join(sorted(values))}" for trait, values in box.items()) or "*"
