"""A time found in a folded text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.understanding.intervals import Duration, Interval, Times

Kind = Literal["at", "since", "until", "for", "after", "before", "between"]


@dataclass(frozen=True, slots=True)
class Found:
    """A reading by its place in the folded text."""

    start: int
    end: int
    kind: Kind
    times: Times
    duration: Duration | None = None
    last: Interval | None = None
