"""SpiffWorkflow's DMN: a decision table, its cells in Python's own syntax."""

from __future__ import annotations

from importlib.metadata import version
from types import SimpleNamespace
from xml.sax.saxutils import escape, quoteattr

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser

from benchmarks.outcomes import Decide, Row
from benchmarks.peers import Peer
from benchmarks.peers.infix import quoted
from benchmarks.table import lines
from rules.model import Ruleset

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def decision_table(ruleset: Ruleset) -> Decide:
    """One table, of which Spiff takes the first line that holds; the traits most looked at come first."""
    parser = BpmnDmnParser()
    parser.add_dmn_str(_document(ruleset).encode())
    (parsed,) = parser.dmn_parsers.values()
    parsed.parse()
    result = DMNEngine(parsed.decision.decisionTables[0]).result
    workflow = SimpleNamespace(script_engine=PythonScriptEngine())

    def decide(row: Row) -> str:
        outcome: str = result(SimpleNamespace(data=row, workflow=workflow))["outcome"]
        return outcome

    return decide


def _document(ruleset: Ruleset) -> str:
    table = lines(ruleset)
    uses = [trait for cells, _ in table for trait in cells]
    used = sorted(set(uses), key=uses.count, reverse=True)
    inputs = "".join(
        f"<input id={quoteattr(trait)}><inputExpression id={quoteattr(f'of {trait}')}><text>{trait}</text>"
        "</inputExpression></input>"
        for trait in used
    )
    rows = "".join(
        f"<rule id='line{number}'>{''.join(_cell(cells.get(t), f'{number} {t}') for t in used)}"
        f"<outputEntry id='out{number}'><text>{escape(quoted([outcome]))}</text></outputEntry></rule>"
        for number, (cells, outcome) in enumerate(table)
    )
    return (
        f"<definitions xmlns={quoteattr(DMN)} id='slime' name='slime' namespace='slime'>"
        f"<decision id='slime' name='slime'><decisionTable id='table'>"
        f"{inputs}<output id='outcome' name='outcome'/>{rows}</decisionTable>"
        "</decision></definitions>"
    )


def _cell(values: frozenset[str] | None, name: str) -> str:
    text = "-" if values is None else quoted(values) if len(values) == 1 else f"? in ({quoted(values)})"
    return f"<inputEntry id={quoteattr(name)}><text>{escape(text)}</text></inputEntry>"


PEER = Peer("SpiffWorkflow DMN", version("spiffworkflow"), {"one decision table": decision_table})
