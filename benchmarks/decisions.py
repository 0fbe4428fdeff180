"""One decision, ours beside the same rules in other engines; and one decision with its full Finding, ours alone.

    python -m benchmarks.decisions [--rows 20000] [--rounds 9] [--seconds 0.2] [--check 10]
        [--markdown docs/benchmarks.md]

Every engine must give the expected outcome for the rows before any is timed: all of them, or as many as a slow one
decides in ``--check`` seconds. Where an engine can be given the rules in several shapes, the fastest is kept.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks import javascript, ours
from benchmarks.outcomes import Decide, Row
from benchmarks.peers import SINGLE, Peer, single
from benchmarks.timing import Spread, figure, in_turns, machine, micros_of_one, publish, table
from benchmarks.workload import SOURCES, TODAY, Workload, draw, facts_of_examples
from rules.compile import CompiledRuleset
from rules.model import Ruleset
from rules.situation import parse

TRIED = 40


@dataclass(frozen=True, slots=True)
class Ready:
    """An engine that answered right. ``rows``: those it decides in one turn; ``checked``: how many were checked."""

    name: str
    version: str
    shape: str
    decide: Decide
    rows: list[Row]
    checked: int


def ready(peer: Peer, ruleset: Ruleset, work: Workload, seconds: float, checking: float) -> Ready:
    """The peer in its fastest shape, its answers checked. Raises AssertionError on another outcome than expected."""
    rows, expected = work.rows(), work.expected_outcomes()
    speeds: dict[str, tuple[float, Decide]] = {}
    for shape, load in peer.shapes.items():
        decide = load(ruleset)
        check(f"{peer.name}, {shape}", decide, rows[:TRIED], expected)
        speeds[shape] = min(micros_of_one(decide, rows[:TRIED], 0.05) for _ in range(3)), decide
        print(f"{peer.name:<28}{shape:<45}{figure(speeds[shape][0]):>10} µs", flush=True)
    shape = min(speeds, key=lambda s: speeds[s][0])
    micros, decide = speeds[shape]
    checked = min(len(rows), int(checking * 1e6 / micros) + TRIED)
    check(peer.name, decide, rows[:checked], expected)
    return Ready(peer.name, peer.version, shape, decide, rows[: max(20, int(seconds * 1e6 / micros))], checked)


def check(name: str, decide: Decide, rows: list[Row], expected: list[str]) -> None:
    for row, outcome in zip(rows, expected, strict=False):
        assert (answer := decide(row)) == outcome, f"{name} answers {answer}, not {outcome}, for {row}"


def measure(
    compiled: CompiledRuleset, work: Workload, rounds: int, seconds: float, checking: float
) -> tuple[list[Ready], dict]:
    """Our engine and every Python peer, checked, then timed in turns."""
    own = Peer("ours", "", {"emitted Python": lambda ruleset: ours.decide_row(compiled)})
    peers = [ready(peer, compiled.ruleset, work, seconds, checking) for peer in (own, *map(single, SINGLE))]
    turns = {p.name: lambda p=p: micros_of_one(p.decide, p.rows, seconds) for p in peers}
    return peers, in_turns(turns, rounds)


def measure_findings(compiled: CompiledRuleset, rounds: int, seconds: float) -> dict[str, Spread]:
    """Our full Finding from a situation, and a request as JSON text to its answer as JSON text."""
    facts = facts_of_examples(compiled)
    situations = [parse(compiled.ruleset.vocabulary, said, TODAY) for said in facts]
    requests = [json.dumps({"situation": said}) for said in facts]
    turns: dict[str, tuple[Callable, list]] = {
        "a situation to its Finding": (ours.finding(compiled), situations),
        "a situation to its Finding, flips read": (ours.finding_and_flips(compiled), situations),
        "JSON text to JSON text, in words": (ours.json_line(compiled, date(2026, 12, 31)), requests),
    }
    return in_turns({n: lambda c=c, i=i: micros_of_one(c, i, seconds) for n, (c, i) in turns.items()}, rounds)


def report(peers: list[Ready], found: dict[str, Spread], scripts: dict | None, findings: dict, work: Workload) -> str:
    """The section of the document."""
    rows = [_line(p.name, p.version, found[p.name], found["ours"], p.checked, p.shape) for p in peers]
    parts = [
        "## One decision",
        f"{machine()}. {_workload(work)}",
        table(("engine", "version", "µs", "quartiles", "times ours", "rows checked", "shape kept"), rows),
    ]
    if scripts is not None:
        engines = {name: Spread.of(said["micros"]) for name, said in scripts["engines"].items()}
        lines = [
            _line(name, said["version"], engines[name], engines["ours"], said["checked"], "")[:-1]
            for name, said in scripts["engines"].items()
        ]
        heads = ("engine", "version", "µs", "quartiles", "times ours", "rows checked")
        parts += [f"In JavaScript, in one node process ({scripts['node']}):", table(heads, lines)]
    lines = [(name, figure(s.median), f"{figure(s.low)} – {figure(s.high)}", figure(1e6 / s.median))
             for name, s in findings.items()]  # fmt: skip
    parts += ["With reasons, exclusions and flips, on the worked examples in turn, ours only: no peer tells them.",
              table(("ours", "µs", "quartiles", "a second"), lines)]  # fmt: skip
    return "\n\n".join(parts)


def _line(name: str, version: str, s: Spread, own: Spread, checked: int, shape: str) -> tuple[str, ...]:
    quartiles = f"{figure(s.low)} – {figure(s.high)}"
    return name, version, figure(s.median), quartiles, figure(s.median / own.median), f"{checked:,}", shape


def _workload(work: Workload) -> str:
    sources = ", ".join(f"{(work.sources == n).mean():.0%} {name}" for n, name in enumerate(SOURCES))
    shares = ", ".join(f"{name} {share:.0%}" for name, share in work.shares().items())
    return f"{len(work):,} rows ({sources}); their outcomes: {shares}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.2, help="how long an engine runs in each round")
    parser.add_argument("--check", type=float, default=10, help="for how long a slow engine's answers are checked")
    parser.add_argument("--markdown", type=Path, help="the document to write the results into")
    given = parser.parse_args()
    compiled = ours.load()
    work = draw(compiled, given.rows)
    peers, found = measure(compiled, work, given.rounds, given.seconds, given.check)
    scripts = None
    if javascript.available():
        scripts = javascript.run(compiled, work, given.rounds, given.seconds, given.check)
    else:
        print("no node, or no packages: run `npm ci` in benchmarks/node to measure the JavaScript peers")
    text = report(peers, found, scripts, measure_findings(compiled, given.rounds, given.seconds), work)
    publish(text, "decisions", given.markdown)


if __name__ == "__main__":
    main()
