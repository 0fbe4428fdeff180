"""What the load test says: medians, ours beside the others round by round, and whether memory grew."""

from __future__ import annotations

import asyncio
import json

from benchmarks.load import beside, report
from benchmarks.load_measure import Measured, measured
from benchmarks.load_processes import OURS
from benchmarks.load_soak import LOOKS, MEGABYTE, Look
from benchmarks.load_soak import report as soaked
from benchmarks.load_telegram import Messages, Seen, Telegram


def test_waits_become_a_rate_and_the_places_in_their_order() -> None:
    waits = [number / 1000 for number in range(1, 101)]
    found = measured(Seen(waits, refused=2, lost=1), 10.0, 0.5, 0.1)
    assert (found.rate, found.p50, found.p99) == (10.0, 50.0, 99.0)
    assert (found.refused, found.lost, found.cost) == (2, 1, 50.0)


def test_ours_is_set_beside_another_round_by_round() -> None:
    def round_of(rate: float, bot: float) -> Measured:
        return Measured(rate, 1.0, 2.0, 0, 0, bot, 0.1)

    found = {OURS: [round_of(80, 0.8), round_of(50, 1.0)], "bare": [round_of(100, 0.5), round_of(100, 0.5)]}
    assert beside(found, "bare") == ("0.65 (0.50 to 0.80)", "0.38 (0.25 to 0.50)")
    assert beside(found, OURS) == ("", "")
    assert report(found).splitlines()[3].startswith("| bare | 100 | 1.00 | 2.00 |")


def test_the_growth_of_memory_is_that_of_the_second_half() -> None:
    seen = [Look(n / LOOKS, 1000 * n, (100 if n <= LOOKS // 2 else 105) * MEGABYTE, 0) for n in range(1, LOOKS + 1)]
    assert soaked(seen).endswith("In the second half: +5.0%, +1,049 bytes a reply.")


async def test_a_chat_writes_presses_what_is_shown_and_is_counted_once_its_reply_came() -> None:
    brought: list[dict] = []
    opened: list[Bot] = []

    class Bot(Messages):
        """Takes updates in, and says so at once."""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            opened.append(self)

        def connection_lost(self, _error: Exception | None) -> None:
            opened.remove(self)

        def received(self, start: bytes, body: bytes) -> None:
            assert start.startswith(b"POST /hook ")
            brought.append(json.loads(body))
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            reply(brought[-1])

    def reply(update: dict) -> None:
        markup = {"inline_keyboard": [[{"text": "Oui", "callback_data": "a:1:oui"}]]}
        said = f"chat_id=1&text=x&reply_markup={json.dumps(markup)}"
        assert json.loads(telegram.answer("sendmessage", said.encode()))["ok"] is True

    loop, telegram = asyncio.get_running_loop(), Telegram(chats=1)
    server = await loop.create_server(Bot, "127.0.0.1", 0)
    port, telegram.recording = server.sockets[0].getsockname()[1], True
    await telegram.deliver([f"http://127.0.0.1:{port}/hook"])
    while len(telegram.seen.seconds) < 8:
        await asyncio.sleep(0)
    telegram.stop()
    for bot in list(opened):
        bot.transport.close()
    while opened:
        await asyncio.sleep(0)
    server.close()
    await asyncio.sleep(0)
    kinds = ["callback_query" if "callback_query" in update else "message" for update in brought]
    assert kinds[:5] == ["message", *["callback_query"] * 3, "message"]
    assert brought[1]["callback_query"]["data"] == "a:1:oui"
