"""Measures in turns, and the document that they are written to."""

from __future__ import annotations

import gc
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

MARK = "<!-- {name}: {end} -->"


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some measures, with their quartiles."""

    low: float
    median: float
    high: float

    @staticmethod
    def of(measures: Sequence[float]) -> Spread:
        if len(measures) < 2:
            return Spread(measures[0], measures[0], measures[0])
        return Spread(*statistics.quantiles(measures, n=4, method="inclusive"))


def in_turns(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Spread]:
    """Each measure once a round, in the same order, so that a busy moment of the machine touches all alike."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
        print(f"round {turn + 1} of {rounds}", file=sys.stderr, end="\r", flush=True)
    print(file=sys.stderr)
    return {name: Spread.of(values) for name, values in found.items()}


def micros_of_one(call: Callable[[object], object], inputs: Sequence[object], seconds: float) -> float:
    """Microseconds a call, over the inputs again and again for about so long; the collector is off meanwhile.

    Processor time: where others use the machine too, waiting for them is not counted.
    """
    gc.collect()
    gc.disable()
    try:
        done, began = 0, time.process_time()
        while (spent := time.process_time() - began) < seconds or not done:
            for given in inputs:
                call(given)
            done += len(inputs)
    finally:
        gc.enable()
    return spent * 1e6 / done


def seconds_of(call: Callable[[], object], clock: Callable[[], float], at_least: float = 0.1) -> float:
    """Seconds a call by this clock, over calls one after the other for at least so long, just after one that warms the
    caches; the collector is off meanwhile."""
    gc.collect()
    gc.disable()
    try:
        call()
        calls, began = 0, clock()
        while (spent := clock() - began) < at_least or not calls:
            call()
            calls += 1
        return spent / calls
    finally:
        gc.enable()


def machine() -> str:
    """Where and when: the date, the cores, the processor, the system and Python."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    return f"{date.today()}, {os.cpu_count()} cores, {model}, {platform.system()}, Python {platform.python_version()}"


def memory() -> str:
    """How much the machine has."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def peak(process: int | str = "self") -> int:
    """MiB of a process at its most."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text("ascii"))
    assert found
    return int(found[1]) // 1024


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, numbers to the right."""
    lines = [heads, [":--" if i == 0 else "--:" for i in range(len(heads))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(value: float) -> str:
    """Three significant digits, without an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def publish(text: str, name: str, document: Path | None) -> None:
    """Print what was measured, and write it into the document where there is one."""
    print(text)
    if document is not None:
        write_section(document, name, text)


def write_section(document: Path, name: str, text: str) -> None:
    """Put the text between the marks of that name, which are added at the end where there are none."""
    begin, end = MARK.format(name=name, end="begin"), MARK.format(name=name, end="end")
    before = document.read_text(encoding="utf-8") if document.exists() else ""
    if begin not in before:
        before = f"{before.rstrip()}\n\n{begin}\n{end}\n".lstrip()
    head, _, rest = before.partition(begin)
    _, _, tail = rest.partition(end)
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text(f"{head}{begin}\n{text.strip()}\n{end}{tail}", encoding="utf-8")
