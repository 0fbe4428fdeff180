"""How many updates a second the Telegram channel answers, over aiohttp (ours) and over python-telegram-bot's httpx.

    python -m benchmarks.telegram_pool [--updates 2000] [--rounds 3]

Each update is a pressed button: one answerCallbackQuery and one editMessageText. Both clients talk to the same
bare server in a process of its own, in turns, in the same run; the figures are medians of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection

from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

from bot.channels.lanes import Lanes
from bot.channels.telegram_answering import Answering
from bot.channels.telegram_http import AiohttpRequest
from bot.channels.telegram_sending import Patience
from bot.channels.telegram_updates import Arrival
from bot.messages import Button, Incoming, Reply, Section, Text

WIDTHS = (1, 16, 64, 256)
CLIENTS: dict[str, Callable[[], BaseRequest]] = {
    "aiohttp": AiohttpRequest,
    "httpx": lambda: HTTPXRequest(pool_timeout=60, read_timeout=60),
}
MESSAGE = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'
TRUE = b'{"ok":true,"result":true}'


class BareServer(asyncio.Protocol):
    """Reads requests by their Content-Length and answers every one; knows two answers."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.received = transport, b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:end].lower()
            _, _, after = head.partition(b"content-length:")
            length = int(after.split(b"\r\n")[0]) if after else 0
            if len(self.received) < end + 4 + length:
                return
            self.received = self.received[end + 4 + length :]
            answer = TRUE if b"answercallbackquery" in head.split(b"\r\n")[0] else MESSAGE
            start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self.transport.write(start % len(answer) + answer)


def serve(started: Connection) -> None:
    """Serve on a port of the system's choice, told through the connection, until terminated."""

    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(BareServer, "127.0.0.1", 0, backlog=1024)
        started.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


class Question:
    """An exchange that asks the same question with four buttons, whatever is pressed."""

    reply = Reply(
        (Section("question", (Text("La visite a-t-elle lieu après la période de chauffe ?"),)),),
        tuple((Button(f"a:1:visite:{n}", Text(f"Réponse {n}")),) for n in range(4)),
        edits=True,
    )

    def __init__(self) -> None:
        self.answered = 0

    async def take(self, incoming: Incoming) -> Reply:
        return self.reply

    async def shown(self, incoming: Incoming) -> None:
        self.answered += 1


class PlainWords:
    """Message ids as words: no catalog is read here."""

    def say(self, text: Text) -> str:
        return text.message


def press(number: int) -> Arrival:
    incoming = Incoming("telegram", str(number), str(number), date(2025, 11, 24), button="a:1:visite:1")
    return Arrival(number, number, "fr", incoming, callback=str(number), pressed=1)


async def updates_per_second(request: BaseRequest, port: int, width: int, updates: int) -> float:
    """Every update is of another chat; at most ``width`` are answered at a time."""
    bot = Bot("1:BENCH", base_url=f"http://127.0.0.1:{port}/bot", request=request)
    exchange, lanes = Question(), Lanes(width)
    answering = Answering(bot, exchange, lambda language: PlainWords(), Patience())

    def work(number: int) -> Callable[[], Awaitable[bool]]:
        return lambda: answering.answer(press(number), tries=1)

    async with request:
        await asyncio.gather(*(lanes.start(n, work(n)) for n in range(2 * width)))  # connections are open now
        began = time.perf_counter()
        await asyncio.gather(*(lanes.start(n, work(n)) for n in range(updates)))
        seconds = time.perf_counter() - began
    assert exchange.answered == updates + 2 * width, "some updates were not answered"
    return updates / seconds


def measure(port: int, updates: int, rounds: int) -> None:
    print(f"{'chats at once':>14}{'aiohttp':>12}{'httpx':>12}{'ratio':>9}   (updates answered per second)")
    for width in WIDTHS:
        rates: dict[str, list[float]] = {name: [] for name in CLIENTS}
        for _ in range(rounds):
            for name, request in CLIENTS.items():
                rates[name].append(asyncio.run(updates_per_second(request(), port, width, updates)))
        ours, stock = (statistics.median(rates[name]) for name in ("aiohttp", "httpx"))
        print(f"{width:>14}{ours:>12.0f}{stock:>12.0f}{ours / stock:>8.1f}x", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    ours, theirs = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        measure(ours.recv(), given.updates, given.rounds)
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
