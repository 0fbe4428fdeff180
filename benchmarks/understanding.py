"""How long one text takes to be understood: the written situations of tests/, one after the other.

python -m benchmarks.understanding
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from pathlib import Path

import yaml

from benchmarks.timing import Spread, figure, in_turns, machine, micros_of_one, table
from bot.understanding.french_time import read
from bot.understanding.masking import mask
from bot.understanding.understand import understand

FOLDER = Path(__file__).parents[1] / "tests" / "understanding"
ROUNDS, SECONDS = 7, 0.5


def texts(name: str) -> tuple[list[str], object]:
    """The texts of a set, and the day on which they are told."""
    raw = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return [s["text"] for s in raw["situations"]], raw["today"]


def measure() -> Mapping[str, Spread]:
    """Microseconds a text, for each step on its own and for the whole."""
    told, today = texts("held_out")
    long = [" ".join(told[i : i + 10]) for i in range(0, len(told), 10)]
    steps = {
        "understand": (lambda text: understand(text, today), told),
        "understand, ten texts in one": (lambda text: understand(text, today), long),
        "its times alone": (lambda text: read(text, today), told),
        "names masked": (mask, told),
    }
    return in_turns(
        {name: lambda c=call, t=given: micros_of_one(c, t, SECONDS) for name, (call, given) in steps.items()}, ROUNDS
    )


def main() -> None:
    told, _ = texts("held_out")
    rows = [
        (name, figure(s.median / 1000), figure(s.low / 1000), figure(s.high / 1000)) for name, s in measure().items()
    ]
    print(machine())
    print(f"{len(told)} texts of {statistics.mean(map(len, told)):.0f} characters on average; milliseconds a text\n")
    print(table(("step", "median", "lower quartile", "upper quartile"), rows))


if __name__ == "__main__":
    main()
