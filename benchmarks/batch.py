"""Many decisions at once, ours beside the same rules in NumPy, Polars, DuckDB and OpenFisca-core.

    python -m benchmarks.batch [--rows 1000000 10000000] [--rounds 5] [--markdown docs/benchmarks.md]

From columns of codes (a byte a trait), from the same packed into a few numbers a row and, for the first number of
rows, from columns of text. Each number of rows is
measured in processes of their own, with one core allowed and with all. The columns are loaded beforehand; every
engine must give every expected outcome before any is timed, and in each round is called once before the call that
counts. On one core this is processor time, so that waiting for
others who use the machine is not counted; on all cores it is time by the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import ours
from benchmarks.outcomes import Columns
from benchmarks.peers import BATCH, ENCODED, PACKED, TEXT, batch
from benchmarks.timing import Spread, figure, in_turns, machine, seconds_of, table, write_section
from benchmarks.workload import Workload, draw
from rules.compile import CompiledRuleset

DISTINCT = 200_000
THREADS = ("POLARS_MAX_THREADS", "BENCHMARK_THREADS", "OMP_NUM_THREADS", "ARROW_NUM_THREADS", "NUMEXPR_MAX_THREADS")


def measure_here(kind: str, count: int, rounds: int, cores: int) -> dict[str, dict[str, object]]:
    """Seconds for all rows by every engine, in this process, with the threads that its environment allows."""
    compiled = ours.load()
    work = draw(compiled, min(count, DISTINCT)).repeated(count)
    columns, calls = _ours(kind, compiled, work)
    versions = dict.fromkeys(calls, "")
    for name in BATCH:
        peer = batch(name)
        if cores > 1 and not peer.all_cores:
            continue
        for shape, load in peer.shapes.get(kind, {}).items():
            title = f"{peer.name}, {shape}"
            versions[title], calls[title] = peer.version, load(compiled.ruleset, columns)
    for name, call in calls.items():
        codes = _codes(call(), work.outcomes)
        assert (codes == work.expected).all(), f"{name} answers otherwise than expected"
    clock = time.perf_counter if cores > 1 else time.process_time
    found = in_turns({name: lambda c=call: seconds_of(c, clock) for name, call in calls.items()}, rounds)
    return {name: {"version": versions[name], "spread": [s.low, s.median, s.high]} for name, s in found.items()}


def _ours(kind: str, compiled: CompiledRuleset, work: Workload) -> tuple[Columns, dict[str, Callable[[], object]]]:
    """The columns of a kind, and our ways to decide them."""
    if kind == ENCODED:
        decide = ours.decide_columns(compiled)
        return work.codes, {"ours": lambda: decide(work.codes)}
    if kind == PACKED:
        numbers, decide = ours.packed(compiled, work.codes), ours.decide_packed(compiled)
        partial = ours.decide_partial(compiled, work.codes)
        return numbers, {"ours": lambda: decide(numbers), "ours, outcomes where anything may be unknown": partial}
    columns, decide = _text(work.codes, work.domains), ours.decide_text(compiled)
    dictionaries = {trait: column.dictionary_encode() for trait, column in columns.items()}
    return columns, {"ours": lambda: decide(columns), "ours, Arrow dictionaries": lambda: decide(dictionaries)}


def _text(codes: Mapping[str, np.ndarray], domains: Mapping[str, tuple[str, ...]]) -> dict[str, pa.Array]:
    return {
        trait: pa.DictionaryArray.from_arrays(pa.array(column), pa.array(domains[trait])).cast(pa.string())
        for trait, column in codes.items()
    }


def _codes(outcomes: object, names: tuple[str, ...]) -> np.ndarray:
    if hasattr(outcomes, "to_arrow"):
        outcomes = outcomes.to_arrow()
    if isinstance(outcomes, np.ndarray):
        return outcomes
    if isinstance(outcomes, pa.Array | pa.ChunkedArray) and not pa.types.is_integer(outcomes.type):
        outcomes = pc.index_in(outcomes.cast(pa.string()), value_set=pa.array(names))
    return np.asarray(outcomes.to_numpy())


def measure_apart(kind: str, count: int, rounds: int, cores: int) -> dict[str, dict[str, object]]:
    """`measure_here` in a process that may use so many cores."""
    environment = {**os.environ, **dict.fromkeys(THREADS, str(cores))}
    command = [sys.executable, "-m", "benchmarks.batch", "--here", kind, str(count), str(rounds), str(cores)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)  # noqa: S603
    found: dict[str, dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return found


def section(kind: str, count: int, rounds: int, cores: int) -> str:
    """One table of the document."""
    found = measure_apart(kind, count, rounds, cores)
    spreads = {name: Spread(*said["spread"]) for name, said in found.items()}
    rows = [
        (name, str(said["version"]), figure(count / spreads[name].median / 1e6), _quartiles(count, spreads[name]),
         figure(spreads[name].median / spreads["ours"].median))
        for name, said in found.items()
    ]  # fmt: skip
    where = "one core, processor time" if cores == 1 else f"{cores} cores, time by the clock"
    words = f"{count:,} rows from {kind} columns, {where}:"
    return f"{words}\n\n{table(('engine', 'version', 'million rows/s', 'quartiles', 'times ours'), rows)}"


def _quartiles(count: int, spread: Spread) -> str:
    return f"{figure(count / spread.high / 1e6)} – {figure(count / spread.low / 1e6)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--markdown", type=Path, help="the document to write the results into")
    parser.add_argument("--here", nargs=4, metavar=("KIND", "ROWS", "ROUNDS", "CORES"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        kind, count, rounds, cores = given.here
        print(json.dumps(measure_here(kind, int(count), int(rounds), int(cores))))
        return
    asked = [(kind, count) for count in given.rows for kind in (ENCODED, PACKED)] + [(TEXT, given.rows[0])]
    all_cores = os.cpu_count() or 1
    parts = [f"## Many decisions\n\n{machine()}."]
    for cores in dict.fromkeys((1, all_cores)):
        for kind, count in asked:
            parts.append(section(kind, count, given.rounds, cores))
            print(parts[-1], flush=True)
    if given.markdown:
        write_section(given.markdown, "batch", "\n\n".join(parts))


if __name__ == "__main__":
    main()
