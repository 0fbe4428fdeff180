"""One measure of a load test: a bot started, chats that talk to it, how soon they are answered and what it costs."""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.load_postgresql import Database, watched
from benchmarks.load_processes import Bots, running, spent
from benchmarks.load_telegram import Calls, Seen, Telegram
from benchmarks.timing import figure

WARM, LEAST_WARM, LONGEST_WARM = 2, 400, 90.0  # replies for each chat, of all, and seconds at most, not counted


@dataclass(frozen=True)
class Asked:
    """One measure: so many chats, for so long, all together at most so many deeds a second; each process of the bot
    held to that share of a core."""

    chats: int
    seconds: float
    rate: float | None = None
    share: float | None = None


@dataclass(frozen=True)
class Measured:
    """Replies a second; milliseconds from update to reply; updates refused or without a reply in time; processor
    seconds a second of the bot, of Telegram, and of a database server, not a number where that is unknown; what that
    server's sessions did."""

    rate: float
    p50: float
    p99: float
    refused: int
    lost: int
    bot: float
    telegram: float
    server: float = math.nan
    sessions: Mapping[str, float] = field(default_factory=dict)

    @property
    def cost(self) -> float:
        """Milliseconds of processor a reply."""
        return 1000 * self.bot / self.rate if self.rate else 0.0


async def measure(
    asked: Asked, name: str, folder: Path, database: Database | None = None, processes: int = 1
) -> Measured:
    """Start the bot, let the chats talk to it, end it."""
    telegram, loop = Telegram(asked.chats, asked.rate), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Calls(telegram), "127.0.0.1", 0, backlog=1024)
    api = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    bots = running(name, api, folder, database and database.url, processes, asked.share)
    started = await asyncio.to_thread(bots.__enter__)
    try:
        with nullcontext({}) if database is None else watched(database) as sessions:
            found = await drive(telegram, asked.seconds, started, database)
        return replace(found, sessions=sessions)
    finally:
        await asyncio.to_thread(bots.__exit__, None, None, None)
        server.close()


async def drive(telegram: Telegram, seconds: float, bots: Bots, database: Database | None) -> Measured:
    await telegram.deliver(bots.hooks)
    deadline = time.monotonic() + LONGEST_WARM
    while telegram.replies < max(WARM * len(telegram.chats), LEAST_WARM) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)

    def used() -> tuple[float, float, float]:
        return spent(bots.pids), time.process_time(), database.spent() if database else math.nan

    telegram.recording, began, before = True, time.perf_counter(), used()
    await asyncio.sleep(seconds)
    telegram.recording, lasted = False, time.perf_counter() - began
    cores = [(now - then) / lasted for now, then in zip(used(), before, strict=True)]
    telegram.stop()
    await asyncio.sleep(1.0)
    return measured(telegram.seen, lasted, *cores)


def measured(seen: Seen, seconds: float, bot: float, telegram: float, server: float = math.nan) -> Measured:
    waits = sorted(seen.seconds) or [0.0]
    p50, p99 = (1000 * waits[int(share * (len(waits) - 1))] for share in (0.5, 0.99))
    return Measured(len(seen.seconds) / seconds, p50, p99, seen.refused, seen.lost, bot, telegram, server)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """The median of ours by theirs, round by round, with the least and the most."""
    ratios = sorted(one / other for one, other in zip(ours, theirs, strict=True) if other)
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})" if ratios else ""


def middle(of: Sequence[Measured], what: str) -> str:
    return figure(statistics.median(getattr(one, what) for one in of))
