"""A conversation written in advance and the Telegram channel in front of it, for the channel's tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_sending import Patience
from bot.messages import Button, Incoming, Reply, Section, Text
from bot.wording import Wording, wording
from tests.fakes.telegram import FakeTelegram

TODAY = date(2025, 11, 24)
SECRET = "s3cret-for-tests"


def words(sentence: str) -> Text:
    """A text whose words are given, so that no catalog is needed."""
    return Text("given", {"words": sentence})


def button(data: str, label: str = "Oui", kind: str = "choice") -> Button:
    return Button(data, words(label), kind)


def reply(*lines: str, rows: tuple[tuple[Button, ...], ...] = (), edits: bool = False) -> Reply:
    """One section a line."""
    return Reply(tuple(Section("question", (words(line),)) for line in lines), rows, edits)


class GivenWords:
    """The words given in a text; those of the catalogs for the channel's own messages."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalog: Wording = wording(language)

    def say(self, text: Text) -> str:
        return str(text.params["words"]) if "words" in text.params else self._catalog.say(text)

    def __call__(self, message: str) -> str:
        return self._catalog(message)


@dataclass
class ScriptedExchange:
    """Answers with ``answer(incoming)``; remembers what was answered and shown, as the real one does.

    ``failures``: how many calls of take raise first. ``gate``: take waits for it. ``sounds``: what was said, by event,
    or the code of why it is not heard. ``keeps``: whether replies that cannot be shown are kept for later.
    """

    answer: Callable[[Incoming], Reply | None] = lambda incoming: reply(f"« {incoming.text} »")
    failures: int = 0
    gate: asyncio.Event | None = None
    tries: int = 0
    under_way: int = 0
    most_under_way: int = 0
    taken: list[Incoming] = field(default_factory=list)
    was_shown: list[str] = field(default_factory=list)
    given: dict[str, Reply | None] = field(default_factory=dict)
    sounds: dict[str, bytes | str] = field(default_factory=dict)
    keeps: bool = False
    later_in: dict[str, float] = field(default_factory=dict)

    async def listen(self, incoming: Incoming, sound: bytes) -> Reply | None:
        reply = await self.take(incoming)
        if incoming in self.taken:
            self.sounds[incoming.event] = sound
        return reply

    async def not_heard(self, incoming: Incoming, code: str) -> Reply | None:
        reply = await self.take(incoming)
        self.sounds[incoming.event] = code
        return reply

    async def take(self, incoming: Incoming) -> Reply | None:
        self.tries += 1
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.gate:
                await self.gate.wait()
            if self.failures > 0:
                self.failures -= 1
                raise RuntimeError(f"the database is away, and so is {incoming.text}")
        finally:
            self.under_way -= 1
        if incoming.event in self.was_shown:
            return None
        if incoming.event not in self.given:
            self.taken.append(incoming)
            self.given[incoming.event] = self.answer(incoming)
        return self.given[incoming.event]

    async def later(self, incoming: Incoming, wait: float) -> bool:
        self.later_in[incoming.event] = wait
        return self.keeps

    async def shown(self, incoming: Incoming) -> None:
        self.was_shown.append(incoming.event)


@dataclass
class Pauses:
    """Stands in for asyncio.sleep: remembers how long the channel meant to wait, and does not."""

    waited: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        await asyncio.sleep(0.001)


def channel_to(telegram: FakeTelegram, exchange: ScriptedExchange, **options: object) -> TelegramChannel:
    """A channel that does not wait in earnest."""
    settings = {"clock": lambda: TODAY, "secret": SECRET, "api": telegram.url, "long_poll": 5}
    settings["patience"] = Patience(sleep=Pauses().sleep)
    return TelegramChannel(telegram.token, exchange, GivenWords, **settings | options)


@asynccontextmanager
async def polling(
    telegram: FakeTelegram, exchange: ScriptedExchange, **options: object
) -> AsyncIterator[TelegramChannel]:
    """The channel, started and polling; stopped at the end, when what it polled with must have ended well."""
    channel = channel_to(telegram, exchange, **options)
    await channel.start()
    task = asyncio.create_task(channel.poll())
    try:
        yield channel
    finally:
        await channel.stop()
        await task
