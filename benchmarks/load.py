"""A thousand chats through the webhook: updates answered a second, and how long each waits for its reply.

    python -m benchmarks.load [--chats 1000] [--rounds 3] [--seconds 8] [--bots ours,ptb-aiohttp] [--rate 200]
                              [--markdown docs/reliability.md]
    python -m benchmarks.load --postgresql [postgresql://…] [--share 0.2,0.4] [--markdown docs/reliability.md]

Ours is the served app (`aiguillage serve`), with every event and question durably in the database before its reply
leaves; beside it bare echo bots that keep nothing (benchmarks/load_bots.py). All are processes of their own on
loopback, as is Telegram (benchmarks/load_telegram.py); they take turns in the same run. With ``--postgresql`` ours
alone is measured, in one process and in two on one database; with ``--share`` each process of ours is held to that part
of a core (benchmarks/load_share.py), so that few cores have room for two, the database and the chats.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from benchmarks.load_bots import NAMES
from benchmarks.load_postgresql import DOING, OWN, Database, server, watched
from benchmarks.load_processes import OURS, Bots, running, spent
from benchmarks.load_share import NoShareError
from benchmarks.load_telegram import Calls, Seen, Telegram
from benchmarks.timing import figure, machine, publish, table

WARM, LEAST_WARM, LONGEST_WARM = 2, 400, 90.0  # replies for each chat, of all, and seconds at most, not counted
HEADS = (
    "bot",
    "replies/s",
    "p50 ms",
    "p99 ms",
    "refused",
    "lost",
    "its cores",
    "Telegram's cores",
    "its ms of processor a reply",
    "ours by it: replies/s",
    "by processor",
)


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


def in_rounds(bots: Sequence[str], asked: Asked, rounds: int, folder: Path) -> dict[str, list[Measured]]:
    """Each bot once a round, with a database of its own each time."""
    found: dict[str, list[Measured]] = {name: [] for name in bots}
    for turn in range(rounds):
        for name in bots:
            found[name].append(asyncio.run(measure(asked, name, folder / f"{asked.rate}-{turn}-{name}")))
            print(f"round {turn + 1}, {name}: {found[name][-1]}", flush=True)
    return found


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """The median of ours by theirs, round by round, with the least and the most."""
    ratios = sorted(one / other for one, other in zip(ours, theirs, strict=True) if other)
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})" if ratios else ""


def beside(found: Mapping[str, Sequence[Measured]], name: str) -> tuple[str, str]:
    """Ours by this bot: its rate, and what a reply costs it by what one costs ours."""
    if name == OURS or OURS not in found:
        return "", ""
    ours, theirs = found[OURS], found[name]
    by_rate = ratio([one.rate for one in ours], [one.rate for one in theirs])
    return by_rate, ratio([one.cost for one in theirs], [one.cost for one in ours])


def middle(of: Sequence[Measured], what: str) -> str:
    return figure(statistics.median(getattr(one, what) for one in of))


def report(found: Mapping[str, Sequence[Measured]]) -> str:
    """A line a bot: medians of the rounds; ours by it."""
    columns = ("rate", "p50", "p99", "refused", "lost", "bot", "telegram", "cost")
    rows = [[name, *(middle(of, what) for what in columns), *beside(found, name)] for name, of in found.items()]
    return table(HEADS, rows)


def on_sqlite(given: argparse.Namespace, folder: Path) -> str:
    bots = given.bots.split(",")
    full = in_rounds(bots, Asked(given.chats, given.seconds), given.rounds, folder)
    text = f"{given.chats:,} chats, each deed as soon as the reply before was seen:\n\n{report(full)}"
    if given.rate:
        calm = in_rounds(bots, Asked(given.chats, given.seconds, given.rate), given.rounds, folder)
        text += f"\n\nThe same chats at {given.rate:g} deeds a second:\n\n{report(calm)}"
    return text


def on_postgresql(given: argparse.Namespace, folder: Path) -> str:
    """One process and two, by turns first, on a database of their own each time; at each share."""
    shares = [float(share) for share in given.share.split(",")] if given.share else [None]
    found: dict[float | None, dict[int, list[Measured]]] = {share: {1: [], 2: []} for share in shares}
    with server(given.postgresql) as database:
        for turn, share in product(range(given.rounds), shares):
            for processes in sorted((1, 2), reverse=turn % 2 == 1):
                name, asked = f"load_{turn}_{processes}", Asked(given.chats, given.seconds, given.rate, share)
                measures = found[share][processes]
                measures.append(
                    asyncio.run(measure(asked, OURS, folder / f"{name}_{share}", database(name), processes))
                )
                print(f"round {turn + 1}, {processes} held to {share}: {measures[-1]}", flush=True)
    busy = (
        f"{given.chats:,} chats, {given.rounds} rounds of {given.seconds:g} s; load {os.getloadavg()[0]:.1f} at the end"
    )
    return f"{busy}:\n\n{scaled(found)}"


def scaled(found: Mapping[float | None, Mapping[int, Sequence[Measured]]]) -> str:
    """A line a share and number of processes: medians of the rounds, and two by one. Then what the sessions did."""
    columns = {
        "their cores": "bot",
        "Telegram's": "telegram",
        "PostgreSQL's": "server",
        "ms of processor a reply": "cost",
    }
    heads = (
        "share of a core",
        "processes",
        *HEADS[1:6],
        *columns,
        "two by one: replies/s",
        "replies a ms of processor",
    )
    rows, sessions = [], []
    for share, of in found.items():
        gain = ratio([now.rate for now in of[2]], [now.rate for now in of[1]])
        cheaper = ratio([now.cost for now in of[1]], [now.cost for now in of[2]])
        for processes, measures in of.items():
            values = (middle(measures, what) for what in ("rate", "p50", "p99", "refused", "lost", *columns.values()))
            name = (f"{share:g}" if share else "", str(processes))
            rows.append([*name, *values, *((gain, cheaper) if processes == 2 else ("", ""))])
            sessions.append(
                [*name, *(figure(statistics.median(m.sessions.get(d, 0) for m in measures)) for d in DOING)]
            )
    doing = table((*heads[:2], *DOING.values()), sessions)
    return f"{table(heads, rows)}\n\nOf the database's sessions, at once, on average:\n\n{doing}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chats", type=int, default=None, help="1000; with --share 20, each answered within a second")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--bots", default=",".join((OURS, *NAMES)))
    parser.add_argument("--rate", type=float, default=None, help="measure at this many deeds a second, too")
    where = "one process and two, on a server where databases can be made; without an address on one of its own"
    parser.add_argument("--postgresql", nargs="?", const=OWN, default=None, help=where)
    parser.add_argument(
        "--share", default=None, help="with --postgresql: of a core, for each process; several by commas"
    )
    parser.add_argument("--markdown", type=Path, default=None)
    given = parser.parse_args()
    if given.share and not given.postgresql:
        parser.error("--share needs --postgresql")
    given.chats = given.chats or (20 if given.share else 1000)
    with tempfile.TemporaryDirectory() as folder:
        try:
            text = (on_postgresql if given.postgresql else on_sqlite)(given, Path(folder))
        except NoShareError as error:
            parser.error(str(error))
    text = f"{machine()}\n\n{text}"
    publish(text, "load on postgresql" if given.postgresql else "load", given.markdown)


if __name__ == "__main__":
    main()
