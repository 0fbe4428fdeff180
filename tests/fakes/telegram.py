"""Telegram for tests: a Bot API server on 127.0.0.1, and the phone of whoever talks to the bot."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.fakes.faults import Fault, Refusal
from tests.fakes.phone import Phone
from tests.fakes.server import Server

TOKEN = "1:TEST"
WITHIN = 60.0  # seconds: how long a wait lasts before it fails


class FakeTelegram(Phone):
    """`async with FakeTelegram() as telegram:`, then the Bot API is at `{telegram.url}/bot`.

    Files are at `{telegram.url}/file/bot`. With `secret`, every setWebhook must carry it as `secret_token`.
    Leaving with violations of the Bot API raises AssertionError, unless not `strict`.
    Any positive number is a private chat that may be written to.
    """

    def __init__(self, token: str = TOKEN, secret: str | None = None, strict: bool = True) -> None:
        super().__init__(Server(token, secret))
        self.token = token
        self.strict = strict
        self.url = ""

    async def __aenter__(self) -> Self:
        self.url = await self._server.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.close()
        if self.strict and kind is None and self.violations:
            raise AssertionError("against the Bot API:\n" + "\n".join(self.violations))

    @property
    def calls(self) -> list[tuple[str, dict]]:
        """Every well formed call, as (method, typed parameters), in order."""
        return self._server.calls

    @property
    def violations(self) -> list[str]:
        """What was against the Bot API, in words that name the path."""
        return self._server.violations

    @property
    def updates_made(self) -> list[int]:
        """The ids of the updates that the bot was to get, confirmed or not."""
        updates = self._account.updates
        return [number for number, update in updates.made.items() if any(map(updates.wanted, update))]

    @property
    def chats(self) -> list[int]:
        """The chats where anything was ever said."""
        return list(self._account.chats)

    def recover(self) -> None:
        """No fault that was ordered strikes any more."""
        self._server.faults.ordered.clear()

    def fail(
        self,
        method: str,
        status: int = 500,
        retry_after: int | None = None,
        times: int | None = 1,
        chat: int | None = None,
        done: bool = False,
        words: str | None = None,
    ) -> None:
        """The next `times` calls of `method` (None: all; `chat`: for that chat alone) are refused.

        429 needs `retry_after`. With `done` the call has its effect, and only the bot hears it failed.
        The method "download" is the fetching of a file.
        """
        if status == 429 and retry_after is None:
            raise ValueError("a 429 says how long to wait: give retry_after")
        self._server.order(Fault(method, Refusal(status, words, retry_after), times, done, chat))

    def hang(self, method: str, times: int | None = 1, chat: int | None = None, done: bool = False) -> None:
        """Like `fail`, but the answer never comes."""
        self._server.order(Fault(method, None, times, done, chat))

    def mend(self) -> None:
        """What was ordered to go wrong goes well from now on; calls that hang fail."""
        self._server.mend()

    def is_delivered(self, update_id: int) -> bool:
        """Whether the bot has this update: 2xx from its webhook, or a getUpdates with a higher offset."""
        updates = self._account.updates
        return update_id not in updates.pending and update_id not in updates.again

    async def delivered(self, update_id: int, timeout: float = WITHIN) -> None:
        """Waits until the bot has this update; TimeoutError if it never does."""
        await self.until(lambda: self.is_delivered(update_id), timeout, f"update {update_id} is not taken")

    async def until(self, condition: Callable[[], object], timeout: float = WITHIN, words: str = "") -> None:
        """Waits for anything a test can see; TimeoutError, with `words`, if it does not come."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{words or 'still not so'} after {timeout} s; calls: {self.calls[-5:]}")
            await asyncio.sleep(0.005)

    async def redeliver(self, update_id: int) -> None:
        """Delivers an update again, confirmed or not.

        To a webhook: returns when it answered 2xx. To a poller: its next getUpdates has it, whatever the
        offset.
        """
        if self._account.webhook.address:
            await self._account.webhook.carry(self._account.updates.made[update_id])
        else:
            self._account.updates.repeat(update_id)
