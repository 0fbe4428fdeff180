"""Our own side of the benchmarks: the only file that knows how our engine is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.deciding import Decider
from benchmarks.outcomes import IMPOSSIBLE, Columns, Decide, Row, outcomes
from rules.compile import CompiledRuleset, compile_ruleset
from rules.diagram import Diagram
from rules.engine import examine
from rules.load import load_ruleset
from rules.model import Finding
from rules.situation import Situation


def load() -> CompiledRuleset:
    """The rules, as every command loads them."""
    return compile_ruleset(load_ruleset())


def decide_row(compiled: CompiledRuleset) -> Decide:
    """One decision: a walk of the diagram."""
    diagram = compiled.diagram
    root, answers = diagram.root, {0: IMPOSSIBLE, **{n: "+".join(a[1:]) for n, a in diagram.answers.items()}}
    nodes = {
        number: (trait, dict(zip(diagram.domains[trait], children, strict=True)))
        for number, (trait, children) in diagram.nodes.items()
    }

    def decide(row: Row) -> str:
        place = root
        while place in nodes:
            trait, children = nodes[place]
            place = children[row[trait]]
        return answers[place]

    return decide


def finding(compiled: CompiledRuleset) -> Callable[[Situation], Finding]:
    """One decision with its full Finding: reasons, exclusions, flips."""
    return lambda situation: examine(compiled, situation)


def json_line(compiled: CompiledRuleset, today: date) -> Callable[[str], str]:
    """A request as text to its answer as text, in French words."""
    decider = Decider(compiled, {})
    return lambda line: json.dumps(decider.decide(json.loads(line), today), ensure_ascii=False)


def decide_columns(compiled: CompiledRuleset) -> Callable[[Columns], np.ndarray]:
    """Many decisions from columns of codes: all rows walk the diagram together, one trait at a time."""
    steps = _steps(compiled.diagram)
    codes = {name: code for code, name in enumerate(outcomes(compiled.ruleset))}
    leaves = np.zeros(max([*compiled.diagram.nodes, *compiled.diagram.answers]) + 1, dtype=np.uint8)
    for number, answer in compiled.diagram.answers.items():
        leaves[number] = codes["+".join(answer[1:])]

    def decide(columns: Columns) -> np.ndarray:
        places = np.full(len(next(iter(columns.values()))), compiled.diagram.root, dtype=np.int32)
        for trait, table, width in steps:
            places = table[places * width + columns[trait]]
        return leaves[places]

    return decide


def _steps(diagram: Diagram) -> list[tuple[str, np.ndarray, np.int32]]:
    size = max([*diagram.nodes, *diagram.answers]) + 1
    steps = []
    for trait in diagram.order:
        width = len(diagram.domains[trait])
        table = np.repeat(np.arange(size, dtype=np.int32), width).reshape(size, width)
        for number, (asked, children) in diagram.nodes.items():
            if asked == trait:
                table[number] = children
        steps.append((trait, table.ravel(), np.int32(width)))
    return steps


def decide_text(compiled: CompiledRuleset) -> Callable[[Columns], np.ndarray]:
    """Many decisions from Arrow columns of text, to codes."""
    decide = decide_columns(compiled)
    domains = {trait: pa.array(domain) for trait, domain in compiled.diagram.domains.items()}

    def encoded(columns: Columns) -> np.ndarray:
        return decide({t: pc.index_in(columns[t], value_set=domain).to_numpy() for t, domain in domains.items()})

    return encoded
