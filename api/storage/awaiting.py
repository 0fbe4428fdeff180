"""What threads do, awaited in an event loop that is woken once for all that ended meanwhile: waking it costs more than
what a small piece of work leaves to say."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Awaiting:
    """Of one event loop, whose thread alone calls ``ended``."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._ended: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._woken = False

    async def ended(self, future: Future[T]) -> T:
        """What the future gives, or its error. Once nobody waits for it, it is cancelled if it was not begun."""
        waiter: asyncio.Future[T] = self.loop.create_future()
        future.add_done_callback(lambda done: self._note(waiter, done))
        try:
            return await waiter
        except asyncio.CancelledError:
            future.cancel()
            raise

    def _note(self, waiter: asyncio.Future[Any], done: Future[Any]) -> None:
        """In whichever thread ended it."""
        self._ended.append((waiter, done))
        if not self._woken:
            self._woken = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self.loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self._woken = False  # first: what ends from here on wakes the loop again
        while self._ended:
            waiter, done = self._ended.popleft()
            if waiter.done():
                continue
            if done.cancelled():
                waiter.cancel()
            elif (error := done.exception()) is not None:
                waiter.set_exception(error)
            else:
                waiter.set_result(done.result())


class Together(Generic[T]):
    """One work for many things: what comes while the work before is under way is done together, next."""

    def __init__(self, work: Callable[[list[T]], Awaitable[None]]) -> None:
        self._work = work
        self._waiting: list[T] = []
        self._next: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def done(self, thing: T) -> None:
        """Return once the work on this is done, or raise what it raised."""
        self._waiting.append(thing)
        if self._next is None:
            self._next = asyncio.create_task(self._go())
        await asyncio.shield(self._next)

    async def _go(self) -> None:
        async with self._one_at_a_time:
            things, self._waiting, self._next = self._waiting, [], None
            await self._work(things)
