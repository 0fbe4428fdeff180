"""Replays of the log for somebody who looks at a page: run in a thread, told how far they are, kept until they change.

What is kept is in memory alone: after a restart a replay runs again.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from rules.replay import Group, Outcome, Past

EXAMPLES, MOST_KEPT = 3, 16


@dataclass(slots=True)
class Change:
    """Questions that one thing happens to: their key, what they were and become, how many, the first as examples."""

    key: str
    was: Outcome
    becomes: Outcome | None
    unreadable: tuple[tuple[str, str], ...] = ()
    count: int = 0
    examples: list[Past] = field(default_factory=list)

    def add(self, past: Past) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(past)


def change_of(group: Group) -> Change:
    """A group of a comparison, under a key that says what changes into what."""
    key = change_key(repr((group.was, group.becomes, group.unreadable)))
    return Change(key, group.was, group.becomes, group.unreadable, group.count, group.examples)


def change_key(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()[:16]


@dataclass
class Replay:
    """One replay. ``done`` of ``total`` questions; ``changes`` is None until it has ended, ``failed`` names why."""

    total: int
    done: int = 0
    changes: tuple[Change, ...] | None = None
    failed: str | None = None


Work = Callable[[Replay], tuple[Change, ...]]


class Replays:
    """At most one at a time; others wait their turn. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: dict[str, Replay] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="replay")

    def of(self, name: str, total: int, work: Work) -> Replay:
        """The replay of this name as it is now, begun where there is none yet. A name says all it depends on."""
        with self._lock:
            known = self._known.get(name)
            if known is None or known.failed is not None:
                known = self._known[name] = Replay(total)
                while len(self._known) > MOST_KEPT:
                    self._known.pop(next(iter(self._known)))
                self._threads.submit(self._run, known, work)
            return replace(known)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _run(self, replay: Replay, work: Work) -> None:
        try:
            replay.changes = work(replay)
        except Exception as error:  # told on the page, and tried again when it is asked for
            replay.failed = type(error).__name__
