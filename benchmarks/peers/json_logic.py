"""json-logic-qubit: JsonLogic read by Python."""

from __future__ import annotations

from importlib.metadata import version

from json_logic import jsonLogic

from benchmarks.outcomes import Decide
from benchmarks.peers import Peer
from benchmarks.table import Switch, Tree, chain_of_lines, split
from rules.conditions import All, Any, Condition, Is, Not

Logic = dict[str, object] | str


def logic(tree: Tree) -> Logic:
    """The tree in JsonLogic, the same for json-logic-engine."""
    if isinstance(tree, Switch):
        *others, (_, last) = tree.branches
        tests = [(Is(tree.trait, frozenset(values)), logic(branch)) for values, branch in others]
        otherwise = logic(last)
    else:
        tests, otherwise = list(tree.steps), tree.otherwise
    return (
        {"if": [part for test, then in tests for part in (condition(test), then)] + [otherwise]} if tests else otherwise
    )


def condition(said: Condition) -> Logic:
    """A condition in JsonLogic."""
    match said:
        case Is(trait, values) if len(values) == 1:
            return {"===": [{"var": trait}, *values]}
        case Is(trait, values):
            return {"in": [{"var": trait}, sorted(values)]}
        case Not(part):
            return {"!": [condition(part)]}
        case All(parts):
            return {"and": [condition(part) for part in parts]}
        case Any(parts):
            return {"or": [condition(part) for part in parts]}


def _read(tree: Tree) -> Decide:
    said = logic(tree)
    return lambda row: jsonLogic(said, row)


SHAPES = {
    "conditions in turn": lambda ruleset: _read(chain_of_lines(ruleset)),
    "switched on four traits": lambda ruleset: _read(split(ruleset)),
}
PEER = Peer("json-logic (Python)", version("json-logic-qubit"), SHAPES)
