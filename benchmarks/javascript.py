"""The engines that run in node, through `benchmarks/node/decisions.mjs`: what they are given, and what came out."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.json_logic import logic
from benchmarks.table import Switch, Tree, lines, split
from benchmarks.workload import Workload
from rules.compile import CompiledRuleset
from rules.conditions import All, Any, Condition, Is, Not
from rules.model import Ruleset

FOLDER = Path(__file__).parent / "node"
ENGINES = ("ours", "json-logic-engine", "publicodes")


def available() -> bool:
    """Whether node and the packages of `benchmarks/node/package.json` are there."""
    return shutil.which("node") is not None and (FOLDER / "node_modules").is_dir()


def run(compiled: CompiledRuleset, work: Workload, rounds: int, seconds: float, check: float) -> dict[str, object]:
    """Every engine's times. Raises CalledProcessError where one answers otherwise than expected."""
    return _node(compiled, work, {"rounds": rounds, "seconds": seconds, "check": check})


def load(compiled: CompiledRuleset, work: Workload, engine: str) -> dict[str, float]:
    """How long the engine takes in a fresh process, in milliseconds, and the process's peak memory in KiB."""
    return _node(compiled, work, {}, "--load", "--only", engine)


def _node(compiled: CompiledRuleset, work: Workload, more: dict[str, object], *options: str) -> dict:
    given = {**inputs(compiled), "rows": work.rows(), "expected": work.expected_outcomes(), **more}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "input.json"
        file.write_text(json.dumps(given), encoding="utf-8")
        node = shutil.which("node") or "node"
        command = [node, str(FOLDER / "decisions.mjs"), str(file), *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return json.loads(done.stdout)


def inputs(compiled: CompiledRuleset) -> dict[str, object]:
    """The rules in each engine's own form."""
    from benchmarks import ours  # here, as loading is measured by a process that has not imported it

    tree = split(compiled.ruleset)
    return {"ours": ours.javascript(compiled), "logic": logic(tree), "publicodes": _publicodes(compiled.ruleset, tree)}


def _publicodes(ruleset: Ruleset, tree: Tree) -> dict[str, object]:
    used = list(dict.fromkeys(trait for cells, _ in lines(ruleset) for trait in cells))
    rules = {trait: {"titre": trait} for trait in used}
    return {"traits": used, "rules": {**rules, "outcome": _variations(tree)}}


def _variations(tree: Tree) -> dict[str, object] | str:
    if isinstance(tree, Switch):
        *others, (_, last) = tree.branches
        steps = [(Is(tree.trait, frozenset(values)), _variations(branch)) for values, branch in others]
        otherwise = _variations(last)
    else:
        steps = [(condition, f"'{outcome}'") for condition, outcome in tree.steps]
        otherwise = f"'{tree.otherwise}'"
    if not steps:
        return otherwise
    cases = [{"si": _condition(condition), "alors": then} for condition, then in steps]
    return {"variations": [*cases, {"sinon": otherwise}]}


def _condition(condition: Condition) -> dict[str, object] | str:
    match condition:
        case Is(trait, values) if len(values) == 1:
            return f"{trait} = '{next(iter(values))}'"
        case Is(trait, values):
            return {"une de ces conditions": [f"{trait} = '{value}'" for value in sorted(values)]}
        case Not(part):
            return {"=": [_condition(part), "non"]}
        case All(parts):
            return {"toutes ces conditions": [_condition(part) for part in parts]}
        case Any(parts):
            return {"une de ces conditions": [_condition(part) for part in parts]}
