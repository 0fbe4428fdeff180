"""The Common Expression Language, in the binding `common-expression-language`."""

from __future__ import annotations

from importlib.metadata import version

import cel

from benchmarks.outcomes import Decide, Row
from benchmarks.peers import Peer
from benchmarks.peers.infix import Infix
from benchmarks.table import FIRST_ASKED, Chain, Switch, Tree, chain_of_lines, split
from rules.model import Ruleset

CEL = Infix(both=" && ", either=" || ", negation="!")


def one_program(ruleset: Ruleset) -> Decide:
    """One program; the parser's depth limit allows no deeper tree. Only the traits it looks at are handed over."""
    return _program(chain_of_lines(ruleset))


def program_a_case(ruleset: Ruleset) -> Decide:
    """A program for each combination of the first traits, chosen in Python."""
    cases: dict[tuple[str, ...], Decide] = {}
    _fill(cases, split(ruleset), {}, {t: ruleset.traits[t].domain for t in FIRST_ASKED}, {})
    first = FIRST_ASKED

    def decide(row: Row) -> str:
        return cases[row[first[0]], row[first[1]], row[first[2]], row[first[3]]](row)

    return decide


def _fill(
    cases: dict[tuple[str, ...], Decide],
    tree: Tree,
    known: dict[str, str],
    domains: dict[str, tuple[str, ...]],
    programs: dict[Chain, Decide],
) -> None:
    if isinstance(tree, Switch):
        for values, branch in tree.branches:
            for value in values:
                _fill(cases, branch, {**known, tree.trait: value}, domains, programs)
        return
    free = next((trait for trait in domains if trait not in known), None)
    if free is not None:
        for value in domains[free]:
            _fill(cases, tree, {**known, free: value}, domains, programs)
        return
    if tree not in programs:
        programs[tree] = _program(tree)
    cases[tuple(known[trait] for trait in domains)] = programs[tree]


def _program(tree: Chain) -> Decide:
    program = cel.compile(CEL.tree(tree))
    execute, used = program.execute, program.variables()
    return lambda row: execute({trait: row[trait] for trait in used})


PEER = Peer(
    "CEL",
    version("common-expression-language"),
    {"one program": one_program, "a program for each DST, aim, action and title": program_a_case},
)
