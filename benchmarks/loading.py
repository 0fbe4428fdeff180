"""How long each engine takes to be imported and to load the rules, and what memory that needs.

    python -m benchmarks.loading [--rounds 5] [--markdown docs/benchmarks.md]

Each measure is a fresh process. A peer's loading begins from the rules already translated to its tables or trees, in
the shape that `benchmarks.decisions` keeps; memory is the process's peak beyond that of the same process without it.
Ours begins from the YAML files. Processor time: where others use the machine too, waiting for them is not counted.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import javascript
from benchmarks.timing import Spread, figure, machine, publish, table

KEPT = {
    "zen_engine": "one decision table",
    "zen_expression": "one compiled expression",
    "cel": "a program for each DST, aim, action and title",
    "clips": "a function",
    "json_logic": "switched on four traits",
    "rule_engine": "switched on four traits",
    "openfisca": "a simulation of one household",
    "spiff_dmn": "one decision table",
}
NOTHING, OURS = "nothing", "ours"


def measure_here(name: str) -> dict[str, float]:
    """Milliseconds to import and to load, and the peak memory of this process in MiB."""
    if name == OURS:
        began = time.process_time()
        from rules.compile import compile_ruleset
        from rules.load import load_ruleset

        imported = time.process_time()
        compile_ruleset(load_ruleset())
        return _measures(began, imported, time.process_time())
    from benchmarks.peers import single
    from benchmarks.table import chain_of_lines, lines, split
    from rules.load import load_ruleset

    ruleset = load_ruleset()
    for translate in (lines, chain_of_lines, split):
        translate(ruleset)
    began = time.process_time()
    if name == NOTHING:
        return _measures(began, began, began)
    peer = single(name)
    imported = time.process_time()
    peer.shapes[KEPT[name]](ruleset)
    return _measures(began, imported, time.process_time())


def _measures(began: float, imported: float, loaded: float) -> dict[str, float]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"import": (imported - began) * 1e3, "load": (loaded - imported) * 1e3, "peak": peak}


def measure_apart(name: str) -> dict[str, float]:
    """`measure_here` in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.loading", "--here", name]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure_scripts(rounds: int) -> dict[str, list[dict[str, float]]]:
    """The same for the engines in node, whose memory is that of the whole process."""
    from benchmarks import ours
    from benchmarks.workload import draw

    compiled = ours.load()
    work = draw(compiled, 100, interviews=2)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in javascript.ENGINES}
    for _ in range(rounds):
        for name, measures in found.items():
            said = javascript.load(compiled, work, name)
            measures.append({"import": said["imported"], "load": said["loaded"], "peak": said["peak"] / 1024})
    return found


def report(found: dict[str, list[dict[str, float]]], scripts: dict[str, list[dict[str, float]]]) -> str:
    """The section of the document."""
    nothing = Spread.of([m["peak"] for m in found.pop(NOTHING)]).median
    rows = [_line(name, measures, nothing if name != OURS else 0) for name, measures in found.items()]
    rows += [_line(f"{name}, in node", measures, 0) for name, measures in scripts.items()]
    heads = ("engine", "import, ms", "load, ms", "quartiles", "peak memory, MiB")
    words = (
        f"## Loading\n\n{machine()}. Fresh processes, processor time. For the Python peers memory is what they add to "
        f"{nothing:.0f} MiB; for ours and in node it is the whole process's."
    )
    return f"{words}\n\n{table(heads, rows)}"


def _line(name: str, measures: list[dict[str, float]], nothing: float) -> tuple[str, ...]:
    imports, loads, peaks = (Spread.of([m[key] for m in measures]) for key in ("import", "load", "peak"))
    quartiles = f"{figure(loads.low)} – {figure(loads.high)}"
    peak = f"{'+' if nothing else ''}{peaks.median - nothing:.0f}"
    return name, figure(imports.median), figure(loads.median), quartiles, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--markdown", type=Path, help="the document to write the results into")
    parser.add_argument("--here", metavar="NAME", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(json.dumps(measure_here(given.here)))
        return
    found: dict[str, list[dict[str, float]]] = {name: [] for name in (NOTHING, OURS, *KEPT)}
    for _ in range(given.rounds):
        for name, measures in found.items():
            measures.append(measure_apart(name))
    text = report(found, measure_scripts(given.rounds) if javascript.available() else {})
    publish(text, "loading", given.markdown)


if __name__ == "__main__":
    main()
