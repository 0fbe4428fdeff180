"""zen-engine: decision tables, and its expression language compiled on its own."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from itertools import pairwise

import zen

from benchmarks.outcomes import Decide, Row
from benchmarks.peers import Peer
from benchmarks.peers.infix import Infix, quoted
from benchmarks.table import Line, lines, split
from rules.model import Ruleset

KEY = "slime"
ZEN = Infix()


def one_table(ruleset: Ruleset) -> Decide:
    """One decision table, first hit, reached by `evaluate(key)` with a static loader: its fast path."""
    return _evaluated([{"id": "table", **_table(lines(ruleset))}], _edges("in", "table", "out"))


def switched_tables(ruleset: Ruleset) -> Decide:
    """A switch node on the DST, then a smaller table for each value."""
    domain = ruleset.traits["dst"].domain
    cases = [{"id": value, "condition": f'dst == "{value}"'} for value in domain]
    nodes = [{"id": "dst", "type": "switchNode", "name": "dst", "content": {"hitPolicy": "first", "statements": cases}}]
    edges = _edges("in", "dst")
    for value in domain:
        left = [({t: v for t, v in cells.items() if t != "dst"}, outcome) for cells, outcome in lines(ruleset)
                if value in cells.get("dst", (value,))]  # fmt: skip
        nodes.append({"id": f"table {value}", **_table(left)})
        edges += [{**edge, "sourceHandle": value} for edge in _edges("dst", f"table {value}")]
        edges += _edges(f"table {value}", "out")
    return _evaluated(nodes, edges)


def expression(ruleset: Ruleset) -> Decide:
    """No decision graph: one compiled expression, switched on the DST, the aim, the action and the title."""
    decide: Decide = zen.compile_expression(ZEN.tree(split(ruleset))).evaluate
    return decide


def _table(table: tuple[Line, ...] | list[Line]) -> dict[str, object]:
    uses = [trait for cells, _ in table for trait in cells]
    used = sorted(set(uses), key=uses.count, reverse=True)
    rows = [
        {
            "_id": str(number),
            "outcome": quoted([outcome]),
            **{trait: quoted(cells[trait]) if trait in cells else "" for trait in used},
        }
        for number, (cells, outcome) in enumerate(table)
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": trait, "name": trait, "field": trait} for trait in used],
        "outputs": [{"id": "outcome", "name": "outcome", "field": "outcome"}],
        "rules": rows,
    }
    return {"type": "decisionTableNode", "name": "table", "content": content}


def _edges(*path: str) -> list[dict[str, str]]:
    pairs = pairwise(path)
    return [{"id": f"{a} {b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in pairs]


def _evaluated(nodes: list[dict[str, object]], edges: list[dict[str, str]]) -> Decide:
    ends = [{"id": "in", "type": "inputNode", "name": "in"}, {"id": "out", "type": "outputNode", "name": "out"}]
    graph = {"contentType": "application/vnd.gorules.decision", "nodes": [*ends, *nodes], "edges": edges}
    evaluate = zen.ZenEngine({"loader": {"type": "static", "content": {KEY: graph}}}).evaluate

    def decide(row: Row) -> str:
        result: Mapping[str, str] = evaluate(KEY, row)["result"]
        return result["outcome"]

    return decide


PEER = Peer(
    "zen-engine",
    version("zen-engine"),
    {"one decision table": one_table, "a switch, then a table": switched_tables},
)
