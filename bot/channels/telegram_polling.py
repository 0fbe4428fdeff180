"""Fetching updates by long polling, for an installation without a public address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels.telegram_http import FloodError
from bot.channels.telegram_sending import Patience, why
from bot.channels.telegram_updates import ALLOWED_UPDATES, event_of

log = logging.getLogger(__name__)

LONG_POLL = 30  # seconds that Telegram holds the request when there is nothing new
SETTLING = 0.5  # seconds given to updates under way before asking for others


class PollingBot(Bot):
    """A Bot whose updates come as plain JSON: one that this library cannot read must not stop the others."""

    async def raw_updates(self, offset: int | None, wait: int, limit: int | None = None) -> list[object]:
        asked = {"offset": offset, "timeout": wait, "limit": limit, "allowed_updates": ALLOWED_UPDATES}
        usual = self._request[0].read_timeout or 0
        return await self._post(
            "getUpdates", {k: v for k, v in asked.items() if v is not None}, read_timeout=usual + wait
        )


class Polling:
    """``prepare`` comes before the first fetch; ``handle`` starts the work on one update.

    An update is let go of (the offset) only once its work is done. Meanwhile later updates are fetched all
    the same, and known ones are not started twice.
    """

    def __init__(
        self,
        bot: PollingBot,
        prepare: Callable[[], Awaitable[None]],
        handle: Callable[[object], asyncio.Task],
        patience: Patience,
        wait: int = LONG_POLL,
    ) -> None:
        self._bot, self._prepare, self._handle = bot, prepare, handle
        self._patience, self._wait = patience, wait
        self._prepared = False
        self._known: dict[int, asyncio.Task] = {}
        self._next: int | None = None
        self._stopping = asyncio.Event()
        self._over = asyncio.Event()
        self._over.set()

    async def run(self) -> None:
        """Until stop(). Raises InvalidToken; any other trouble with Telegram is waited out."""
        self._over.clear()
        failures = 0
        try:
            while not self._stopping.is_set():
                try:
                    fetched = await self._unless_stopped(self._fetch())
                    failures = 0
                except InvalidToken:
                    raise
                except Exception as error:
                    failures += 1
                    await self._unless_stopped(self._rest(failures, error))
                    continue
                if fetched is not None:
                    await self._settle()
            await self._let_go()
        finally:
            self._over.set()

    async def stop(self) -> None:
        """Fetch nothing more, finish what is under way, tell Telegram what is done."""
        self._stopping.set()
        await self._over.wait()

    async def _fetch(self) -> bool:
        if not self._prepared:
            await self._prepare()
            self._prepared = True
        updates = await self._bot.raw_updates(self._offset(), self._wait)
        events = [event_of(update) for update in updates]
        for event, update in zip(events, updates, strict=True):
            if event not in self._known:
                self._known[event] = self._handle(update)
                self._next = max(event + 1, self._next or 0)
        return True

    def _offset(self) -> int | None:
        """The first update that is not done with; what lies before it is forgotten, here and by Telegram."""
        under_way = [event for event, task in self._known.items() if not task.done()]
        offset = min(under_way, default=self._next)
        self._known = {event: task for event, task in self._known.items() if under_way and event >= offset}
        return offset

    async def _settle(self) -> None:
        under_way = [task for task in self._known.values() if not task.done()]
        if under_way:
            await asyncio.wait(under_way, timeout=SETTLING)

    async def _let_go(self) -> None:
        under_way = [task for task in self._known.values() if not task.done()]
        if under_way:
            await asyncio.wait(under_way)
        if self._next is not None:
            try:
                await self._bot.raw_updates(self._offset(), wait=0, limit=1)
            except TelegramError as error:
                log.warning("telegram: the last updates will come again, Telegram was not told: %s", why(error))

    async def _rest(self, failures: int, error: Exception) -> None:
        wait = error.seconds if isinstance(error, FloodError) else self._patience.pause(failures)
        hint = " (does another process poll with this token?)" if isinstance(error, Conflict) else ""
        log.warning("telegram: no updates, next try in %.1f s: %s%s", wait, why(error), hint)
        await self._patience.sleep(wait)

    async def _unless_stopped(self, work: Awaitable) -> object | None:
        """What the work gives; None when stop() came first, and the work is given up."""
        task, stop = asyncio.ensure_future(work), asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
