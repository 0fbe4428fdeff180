"""Work in lanes: one chat's updates one after the other, different chats side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar

T = TypeVar("T")


class Lanes:
    """At most ``width`` pieces of work at a time, and one at a time, in the order given, under each key."""

    def __init__(self, width: int) -> None:
        self._width = asyncio.Semaphore(width)
        self._tasks: set[asyncio.Task] = set()
        self._last: dict[Hashable, asyncio.Task] = {}

    def start(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        """Queue the work behind what is under way for this key. The task gives what the work gives."""
        task = asyncio.create_task(self._run(self._last.get(key), work))
        self._tasks.add(task)
        self._last[key] = task
        task.add_done_callback(lambda done: self._leave(key, done))
        return task

    async def idle(self) -> None:
        """Wait until nothing is under way any more."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def end(self, patience: float) -> None:
        """Wait as many seconds for what is under way, and give the rest up."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=patience)
            for task in late:
                task.cancel()
        await self.idle()

    async def _run(self, before: asyncio.Task | None, work: Callable[[], Awaitable[T]]) -> T:
        if before is not None:
            await asyncio.wait({before})
        async with self._width:
            return await work()

    def _leave(self, key: Hashable, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        if self._last.get(key) is task:
            del self._last[key]
