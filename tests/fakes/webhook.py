"""Updates pushed to the bot: POSTed until it answers 2xx, in order within a chat."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from tests.fakes.updates import Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
BACKOFF = (0.02, 0.05, 0.1, 0.2)
PATIENCE = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True)
class Address:
    """Where updates go, and with which secret."""

    url: str
    secret: str | None = None
    max_connections: int = 40


class Webhook:
    """Delivers pending updates to an address; chats side by side, one chat's updates one by one.

    `reply` plays a method call the bot puts in its answer to a delivery.
    """

    def __init__(self, updates: Updates, reply: Callable[[bytes], Awaitable[None]]) -> None:
        self.address: Address | None = None
        self.last_error: tuple[int, str] | None = None
        self._updates = updates
        self._reply = reply
        self._tasks: set[asyncio.Task] = set()

    def set(self, address: Address) -> None:
        """From now on updates go there, those already pending first."""
        self.clear()
        self.address = address
        self.last_error = None
        self._lanes: dict[tuple, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._slots = asyncio.Semaphore(address.max_connections)
        for update_id in self._updates.pending:
            self.carry(self._updates.made[update_id])

    def clear(self) -> None:
        """No more deliveries; what is not taken stays pending."""
        self.address = None
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """`clear`, and nothing is left running."""
        self.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def carry(self, update: dict) -> asyncio.Task:
        """Starts to deliver an update; the task ends when the bot has taken it."""
        task = asyncio.create_task(self._deliver(update, self.address))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, update: dict, address: Address) -> None:
        async with self._lanes[_lane(update)], aiohttp.ClientSession(timeout=PATIENCE) as session:
            attempt = 0
            while not await self._taken(session, update, address):
                await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
                attempt += 1
            self._updates.confirm(update["update_id"])

    async def _taken(self, session: aiohttp.ClientSession, update: dict, address: Address) -> bool:
        headers = {SECRET_HEADER: address.secret} if address.secret else {}
        try:
            sending = session.post(address.url, json=update, headers=headers, allow_redirects=False)
            async with self._slots, sending as response:
                if 200 <= response.status < 300:
                    await self._play(await response.read(), response.content_type)
                    return True
                words = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            words = f"Connection failed: {type(error).__name__}"
        self.last_error = (int(time.time()), words)
        return False

    async def _play(self, body: bytes, content_type: str) -> None:
        if b'"method"' in body and content_type == "application/json":
            await self._reply(body)


def _lane(update: dict) -> tuple:
    """Telegram orders a chat's messages, and a person's button presses, but not one against the other."""
    kind = next(name for name in update if name != "update_id")
    content = update[kind]
    return (kind, content["chat"]["id"] if "chat" in content else content["from"]["id"])
