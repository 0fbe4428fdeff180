"""How often something is tried, how long is waited in between, and how an error is told without a person's words."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long is waited between tries, in seconds."""

    first_pause: float = 0.5
    longest_pause: float = 30.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    def pause(self, failures: int) -> float:
        """Twice as long after each failure; between half and the whole of it, not to march in step."""
        longest = min(self.first_pause * 2 ** min(failures - 1, 20), self.longest_pause)
        return longest * _random.uniform(0.5, 1.0)


def kind_and_place(error: BaseException) -> str:
    """The kind of an error and where it comes from, without its text: that may hold a person's words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
