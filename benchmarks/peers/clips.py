"""CLIPS through clipspy: rules over a fact, and a function."""

from __future__ import annotations

from importlib.metadata import version

import clips

from benchmarks.outcomes import IMPOSSIBLE, Decide, Row
from benchmarks.peers import Peer
from benchmarks.table import Switch, Tree, lines, split
from rules.conditions import All, Any, Condition, Is, Not
from rules.model import Ruleset


def defrules(ruleset: Ruleset) -> Decide:
    """One defrule a line over a template fact, contradictions before the others; the first to fire halts."""
    environment = clips.Environment()
    slots = " ".join(f"(slot {trait} (type SYMBOL))" for trait in ruleset.traits)
    environment.build(f"(deftemplate row {slots})")
    environment.build("(defglobal ?*outcome* = none)")
    for number, (cells, outcome) in enumerate(lines(ruleset)):
        pattern = " ".join(f"({trait} {'|'.join(sorted(values))})" for trait, values in cells.items())
        first = 10 if outcome == IMPOSSIBLE else 0
        environment.build(
            f"(defrule line{number} (declare (salience {first})) (row {pattern}) => (bind ?*outcome* {outcome}) (halt))"
        )
    template, told = environment.find_template("row"), environment.find_global("outcome")
    symbols = {value: clips.Symbol(value) for trait in ruleset.traits.values() for value in trait.domain}

    def decide(row: Row) -> str:
        fact = template.assert_fact(**{trait: symbols[value] for trait, value in row.items()})
        environment.run()
        outcome = str(told.value)
        fact.retract()
        return outcome

    return decide


def function(ruleset: Ruleset) -> Decide:
    """One deffunction of nested `if`s, called with the traits as arguments."""
    environment = clips.Environment()
    used = tuple(dict.fromkeys(trait for cells, _ in lines(ruleset) for trait in cells))
    environment.build(f"(deffunction decide ({' '.join(f'?{trait}' for trait in used)}) {_nested(split(ruleset))})")
    call = environment.find_function("decide")
    symbols = {value: clips.Symbol(value) for trait in ruleset.traits.values() for value in trait.domain}

    def decide(row: Row, environment: clips.Environment = environment) -> str:  # kept alive: the function is its own
        return str(call(*[symbols[row[trait]] for trait in used]))

    return decide


def _nested(tree: Tree) -> str:
    if isinstance(tree, Switch):
        *others, (_, last) = tree.branches
        text = _nested(last)
        for values, branch in reversed(others):
            text = f"(if {_test(Is(tree.trait, frozenset(values)))} then {_nested(branch)} else {text})"
        return text
    text = tree.otherwise
    for condition, outcome in reversed(tree.steps):
        text = f"(if {_test(condition)} then {outcome} else {text})"
    return text


def _test(condition: Condition) -> str:
    match condition:
        case Is(trait, values):
            tests = [f"(eq ?{trait} {value})" for value in sorted(values)]
            return tests[0] if len(tests) == 1 else f"(or {' '.join(tests)})"
        case Not(part):
            return f"(not {_test(part)})"
        case All(parts):
            return f"(and {' '.join(map(_test, parts))})"
        case Any(parts):
            return f"(or {' '.join(map(_test, parts))})"


PEER = Peer("CLIPS (clipspy)", version("clipspy"), {"rules over a fact": defrules, "a function": function})
