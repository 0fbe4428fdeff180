"""Telegram for a load test, in a process of its own: chats that write, press and wait for the reply.

Bare on purpose, so that the bots are measured and not this: requests are read by their Content-Length, nothing is
checked. Updates go out over as many connections as Telegram opens at most, and come again when they are not answered
by 200, as Telegram does. Every bot gets the same deeds: a command, then three buttons, each new deed once the reply to
the one before was seen.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

CONNECTIONS = 100  # Telegram's own limit of `max_connections`
PRESSES = 3  # after a command; fewer where the question is answered before
DEADLINE = 20.0  # seconds without a reply, after which a chat goes on
AGAIN = 0.2  # seconds before an update that was refused comes again
SECRET = "load"  # noqa: S105
SHOWING = ("sendmessage", "editmessagetext")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
RESULTS = {
    "getme": {"id": 1, "is_bot": True, "first_name": "bot", "username": "load_bot"},
    "getmycommands": [],
}


@dataclass
class Chat:
    """One visitor: the buttons on the screen, the message that carries them, and since when a reply is awaited."""

    number: int
    pressed: int = 0
    message: int = 1
    buttons: tuple[str, ...] = ()
    since: float = 0.0
    waiting: int = 0


@dataclass
class Seen:
    """What was measured: seconds from each update to its reply; updates refused, and those without a reply."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    lost: int = 0


class Telegram:
    """The chats, and what reaches them. ``rate``: deeds a second of all; None: as fast as they are answered."""

    def __init__(self, chats: int, rate: float | None = None) -> None:
        self.chats = {n: Chat(n) for n in range(1, chats + 1)}
        self.seen, self.recording, self.replies = Seen(), False, 0
        self._hooks: Iterator[SplitResult] = iter(())
        self._rate = rate
        self._random, self._update = random.Random(7), int(time.time()) * 1000  # noqa: S311
        self._waiting: deque[bytes] = deque()
        self._idle: deque[Delivery] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self.stopped = False

    async def deliver(self, hooks: Sequence[str]) -> None:
        """Open the connections to the webhooks, each its share, and let every chat begin."""
        self._hooks = cycle([urlsplit(hook) for hook in hooks])
        for _ in range(CONNECTIONS):
            await self._open()
        for chat in self.chats.values():
            self._later(chat, first=True)

    def stop(self) -> None:
        """No chat does anything more."""
        self.stopped = True

    async def _open(self) -> None:
        hook = next(self._hooks)
        await asyncio.get_running_loop().create_connection(lambda: Delivery(self, hook), hook.hostname, hook.port)

    def answer(self, method: str, body: bytes) -> bytes:
        """The answer to a call of the bot; a message that shows something is the reply that its chat waits for."""
        if method not in SHOWING:
            return json.dumps({"ok": True, "result": RESULTS.get(method, True)}).encode()
        given = parameters(body)
        chat, text = self.chats[int(given["chat_id"])], given["text"]
        if method == "sendmessage":
            chat.message += 1
        markup = given.get("reply_markup") or {}
        markup = json.loads(markup) if isinstance(markup, str) else markup
        chat.buttons = tuple(b["callback_data"] for r in markup.get("inline_keyboard", ()) for b in r)
        self._replied(chat)
        where = {"id": chat.number, "type": "private"}
        result = {"message_id": chat.message, "date": 1, "chat": where, "text": text}
        return json.dumps({"ok": True, "result": result}).encode()

    def free(self, connection: Delivery) -> None:
        """This connection has nothing under way."""
        if self._waiting:
            connection.send(self._waiting.popleft())
        else:
            self._idle.append(connection)

    def lost(self, connection: Delivery, update: bytes) -> None:
        """The bot closed it: another takes its place, and what was under way comes again."""
        if connection in self._idle:
            self._idle.remove(connection)
        if not self.stopped:
            if update:
                self.refused(update)
            task = asyncio.get_running_loop().create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    def refused(self, update: bytes) -> None:
        self.seen.refused += self.recording
        asyncio.get_running_loop().call_later(AGAIN, self._out, update)

    def _replied(self, chat: Chat) -> None:
        if not chat.waiting:
            return
        chat.waiting = 0
        self.replies += 1
        if self.recording:
            self.seen.seconds.append(time.perf_counter() - chat.since)
        self._later(chat)

    def _later(self, chat: Chat, *, first: bool = False) -> None:
        """The chat's next deed: at once, or after a pause that keeps all of them at the rate."""
        loop = asyncio.get_running_loop()
        if self._rate is None:
            loop.call_soon(self._do, chat)
        else:
            mean = len(self.chats) / self._rate
            pause = self._random.uniform(0, mean) if first else self._random.expovariate(1 / mean)
            loop.call_later(pause, self._do, chat)

    def _do(self, chat: Chat) -> None:
        if self.stopped:
            return
        self._update += 1
        chat.since, chat.waiting = time.perf_counter(), self._update
        asyncio.get_running_loop().call_later(DEADLINE, self._missed, chat, self._update)
        self._out(json.dumps({"update_id": self._update, **self._deed(chat)}).encode())

    def _out(self, update: bytes) -> None:
        if self._idle:
            self._idle.popleft().send(update)
        else:
            self._waiting.append(update)

    def _missed(self, chat: Chat, update: int) -> None:
        if chat.waiting == update:
            chat.waiting = 0
            self.seen.lost += self.recording
            self._later(chat)

    def _deed(self, chat: Chat) -> dict[str, Any]:
        """A command, or a press: of a choice that is on the screen, or of any data where the bot shows no buttons."""
        person = {"id": chat.number, "is_bot": False, "first_name": "V", "language_code": "fr"}
        place = {"id": chat.number, "type": "private", "first_name": "V"}
        choices = [data for data in chat.buttons if data.startswith("a:")]
        if chat.message > 1 and chat.pressed < PRESSES and (choices or not chat.buttons):
            chat.pressed += 1
            data = self._random.choice(choices) if choices else "a:1:accompagner"
            shown = {"message_id": chat.message, "date": 1, "chat": place, "text": "x"}
            query = {"id": str(self._update), "from": person, "message": shown, "chat_instance": "1", "data": data}
            return {"callback_query": query}
        chat.pressed, chat.message = 0, chat.message + 1
        words = "/sr_ou_n1"
        entity = {"type": "bot_command", "offset": 0, "length": len(words)}
        written = {"message_id": chat.message, "date": 1, "chat": place, "from": person, "text": words}
        return {"message": written | {"entities": [entity]}}


def parameters(body: bytes) -> dict[str, Any]:
    """What a call brings, as JSON or as a form."""
    if body.startswith(b"{"):
        return json.loads(body)
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


class Messages(asyncio.Protocol):
    """HTTP messages on one connection: `received` gets each start line and body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self._bytes = transport, b""

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        while (end := self._bytes.find(b"\r\n\r\n")) >= 0:
            head = self._bytes[:end]
            _, _, after = head.lower().partition(b"content-length:")
            whole = end + 4 + (int(after.split(b"\r\n")[0]) if after else 0)
            if len(self._bytes) < whole:
                return
            body, self._bytes = self._bytes[end + 4 : whole], self._bytes[whole:]
            self.received(head.split(b"\r\n", 1)[0], body)

    def received(self, start: bytes, body: bytes) -> None:
        raise NotImplementedError


class Calls(Messages):
    """What the bot calls."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def received(self, start: bytes, body: bytes) -> None:
        method = start.split(b" ")[1].rpartition(b"/")[2].partition(b"?")[0].decode().lower()
        answer = self._telegram.answer(method, body)
        self.transport.write(HEAD % len(answer) + answer)


class Delivery(Messages):
    """One connection to the webhook, one update at a time."""

    def __init__(self, telegram: Telegram, hook: SplitResult) -> None:
        self._telegram, self._update = telegram, b""
        self._head = (
            f"POST {hook.path} HTTP/1.1\r\nHost: {hook.netloc}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: "
        ).encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._telegram.free(self)

    def send(self, update: bytes) -> None:
        self._update = update
        self.transport.write(self._head + b"%d\r\n\r\n" % len(update) + update)

    def received(self, start: bytes, body: bytes) -> None:
        if b" 200 " not in start + b" ":
            self._telegram.refused(self._update)
        self._update = b""
        self._telegram.free(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self._telegram.lost(self, self._update)
