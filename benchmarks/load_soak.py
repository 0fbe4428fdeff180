"""A day of traffic within minutes: whether the server's memory stays where it was.

    python -m benchmarks.load_soak [--minutes 5] [--chats 300] [--markdown docs/reliability.md]

The served app with its day moved: 24 hours from noon to noon pass meanwhile, midnight in the middle. Telegram's side is
that of benchmarks/load.py; each chat goes on as soon as its reply was seen. Memory is what is resident, and looked at
ten times; the first looks see the caches fill.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import tempfile
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import uvicorn

from api.app import create_app
from api.logs import configure
from api.settings import load_settings
from benchmarks.load_processes import SOAKED, Bots, running
from benchmarks.load_telegram import Calls, Telegram
from benchmarks.timing import figure, machine, publish, table

NOON = datetime(2026, 11, 23, 12)
MINUTES = "SOAK_MINUTES"
LOOKS = 10
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Look:
    """So much of the day, replies so far, resident bytes, updates without a reply in time so far."""

    share: float
    replies: int
    resident: int
    lost: int


def serve(minutes: float) -> None:
    """`aiguillage serve`, in which 24 hours pass in so many minutes."""
    settings, began = load_settings(), time.monotonic()

    def today() -> date:
        return (NOON + timedelta(days=1) * ((time.monotonic() - began) / (60 * minutes))).date()

    configure(settings.logs)
    app = create_app(settings, today=today)
    gc.freeze()
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None)


async def soak(chats: int, minutes: float, folder: Path) -> list[Look]:
    telegram, loop = Telegram(chats), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Calls(telegram), "127.0.0.1", 0, backlog=1024)
    api = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    bots = running(SOAKED, api, folder / "soak")
    started = await asyncio.to_thread(bots.__enter__)
    try:
        return await looks(telegram, minutes, started)
    finally:
        await asyncio.to_thread(bots.__exit__, None, None, None)
        server.close()


async def looks(telegram: Telegram, minutes: float, bots: Bots) -> list[Look]:
    telegram.recording, seen = True, []
    await telegram.deliver(bots.hooks)
    for turn in range(1, LOOKS + 1):
        await asyncio.sleep(60 * minutes / LOOKS)
        replies, lost = len(telegram.seen.seconds), telegram.seen.lost
        seen.append(Look(turn / LOOKS, replies, resident(bots.pids[0]), lost))
        print(seen[-1], flush=True)
    telegram.stop()
    return seen


def resident(pid: int) -> int:
    """Bytes of a process that are in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def report(seen: list[Look]) -> str:
    rows = [[f"{one.share:.0%}", f"{one.replies:,}", figure(one.resident / MEGABYTE), f"{one.lost:,}"] for one in seen]
    half, whole = seen[LOOKS // 2 - 1], seen[-1]
    grown = (whole.resident - half.resident) / half.resident
    each = (whole.resident - half.resident) / max(1, whole.replies - half.replies)
    text = table(("of the day", "replies", "resident MB", "without one in 20 s"), rows)
    return f"{text}\n\nIn the second half: {grown:+.1%}, {each:+,.0f} bytes a reply."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--chats", type=int, default=300)
    parser.add_argument("--markdown", type=Path, default=None)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(float(os.environ[MINUTES]))
        return
    os.environ[MINUTES] = str(given.minutes)
    with tempfile.TemporaryDirectory() as folder:
        text = f"{machine()}; 24 hours in {given.minutes:g} minutes.\n\n"
        text += report(asyncio.run(soak(given.chats, given.minutes, Path(folder))))
    publish(text, "soak", given.markdown)


if __name__ == "__main__":
    main()
