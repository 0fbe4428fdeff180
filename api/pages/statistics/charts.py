"""The geometry of the charts: shares of a width or a height in percent. No words, no colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

TOP, BOTTOM = 6.0, 100.0
MOST_LABELS = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart by weeks: where it stands, in percent of the plot."""

    x: float
    y: float
    width: float
    height: float
    value: int
    label: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the plot, and the number that it stands for."""

    y: float
    value: int


def ticks(most: int) -> list[int]:
    """Round numbers from 0 to at least ``most``: three to six of them, whole."""
    if most <= 2:
        return list(range(max(most, 1) + 1))
    rough = most / 4
    size = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = next(int(size * times) for times in (1, 2, 5, 10) if size * times >= rough)
    return list(range(0, step * math.ceil(most / step) + 1, step))


def columns(values: Sequence[int], labels: Sequence[str]) -> tuple[list[Column], list[Tick]]:
    """The columns from left to right, and the lines behind them. Of the labels as many are shown as fit a phone."""
    marks = ticks(max(values, default=0))
    scale, slot = (BOTTOM - TOP) / marks[-1], 100 / max(len(values), 1)
    every = math.ceil(len(values) / MOST_LABELS)
    found = []
    for at, (value, label) in enumerate(zip(values, labels, strict=True)):
        height = value * scale
        found.append(
            Column(
                round(at * slot + slot * 0.12, 3), round(BOTTOM - height, 3), round(slot * 0.76, 3), round(height, 3),
                value, label, at % every == 0,
            )
        )  # fmt: skip
    return found, [Tick(round(BOTTOM - mark * scale, 3), mark) for mark in marks]


def widths(values: Sequence[float]) -> list[float]:
    """Each in percent of the greatest; something that is not nought is always to be seen."""
    most = max(values, default=0)
    return [0.0 if not value or not most else max(round(100 * value / most, 2), 0.5) for value in values]
