"""Work on parts of a long input by every core, the results in the order of the parts."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")
AHEAD = 3  # parts for each core that wait or are worked on: enough that none is idle
_work: Callable[[Any], Any] | None = None


def in_order(work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
    """The result of each part, in order; never more than a few parts are in memory.

    Forks, where the system can: what ``work`` refers to is then in every process as it is here. Call it while this
    process has no other thread. Raises BrokenProcessPool where one of the processes was ended from outside.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, parts)
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(cores, context, initializer=_remember, initargs=(work,)) as pool:
        waiting: deque[Future[Result]] = deque()
        for part in parts:
            waiting.append(pool.submit(_worked, part))
            if len(waiting) >= AHEAD * cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _remember(work: Callable[[Any], Any]) -> None:
    global _work
    _work = work


def _worked(part: Any) -> Any:
    if _work is None:
        raise RuntimeError("a process of the pool was not told its work")
    return _work(part)
