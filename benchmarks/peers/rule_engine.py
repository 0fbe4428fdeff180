"""rule-engine: one compiled expression."""

from __future__ import annotations

from importlib.metadata import version

import rule_engine

from benchmarks.outcomes import Decide
from benchmarks.peers import Peer
from benchmarks.peers.infix import Infix
from benchmarks.table import Tree, chain_of_lines, split

INFIX = Infix()


def _compiled(tree: Tree) -> Decide:
    decide: Decide = rule_engine.Rule(INFIX.tree(tree)).evaluate
    return decide


SHAPES = {
    "conditions in turn": lambda ruleset: _compiled(chain_of_lines(ruleset)),
    "switched on two traits": lambda ruleset: _compiled(split(ruleset, ("dst", "but"))),
    "switched on four traits": lambda ruleset: _compiled(split(ruleset)),
}
PEER = Peer("rule-engine", version("rule-engine"), SHAPES)
