"""What is done to the app: each scenario starts it, lets visitors come, does its harm, and counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from api.storage.job_tables import workers_at_work
from tests.chaos.counting import Tally
from tests.chaos.databases import SmallDisk, SqliteFile
from tests.chaos.over_time import clock_moved, rules_published, upgraded
from tests.chaos.people import FIRST_VISITOR
from tests.chaos.servers import START, Balancer, Server
from tests.chaos.trial import FIRST_HOUSEHOLD, Trial, opened

DISK = 12  # megabytes
LONG_FLOOD = 61  # seconds
OUTAGE = 9.0  # seconds: more than the tries of one reply last


async def kills(trial: Trial) -> Tally:
    """The process ends by kill -9 at any moment, and is started again."""
    trial.start_campaign()
    await asyncio.to_thread(trial.add_server().start)
    async with trial.faults() as time_left:
        while time_left():
            await trial.pause(0.5, 2.5)
            await asyncio.to_thread(trial.server.kill)
            await trial.pause(0.0, 0.5)
            await asyncio.to_thread(trial.server.launch)
            if trial.random.random() < 0.7:  # else it is killed again while it starts
                await asyncio.to_thread(trial.server.until, lambda: trial.server.ready() is not None, START)
    return await trial.counted()


async def database_away(trial: Trial) -> Tally:
    """SQLite: another process holds the write lock. PostgreSQL: the sessions are ended, or the server stops."""
    trial.start_campaign()
    await asyncio.to_thread(trial.add_server().start)
    async with trial.faults() as time_left:
        while time_left():
            await trial.pause(0.3, 1.0)
            if trial.database.cut is not None and trial.random.random() < 0.7:
                await asyncio.to_thread(trial.database.cut)
            else:
                await asyncio.to_thread(trial.database.away, trial.random.uniform(1.0, 3.0))
    return await trial.counted()


async def telegram_fails(trial: Trial) -> Tally:
    """The Bot API says 429, 500 and 403, does what it was asked and says 500, hangs, and is away for a while. One chat
    is to be left alone for more than a minute, which no update is kept open for."""
    trial.start_campaign()
    for chat in list(trial.households)[::10]:  # these have blocked the bot: nothing is to arrive
        trial.telegram.block(chat)
        del trial.households[chat]
    await asyncio.to_thread(trial.add_server().start)
    trial.telegram.fail("sendMessage", 429, retry_after=LONG_FLOOD, chat=FIRST_VISITOR)
    async with trial.faults() as time_left:
        while time_left():
            await trial.pause(0.05, 0.3)
            _one_fault(trial)
        for method in ("sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates"):
            trial.telegram.fail(method, 500, times=None)
        await asyncio.sleep(OUTAGE)
    return await trial.counted()


def _one_fault(trial: Trial) -> None:
    method = trial.random.choice(["sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates"])
    done = trial.random.random() < 0.3
    match trial.random.choice(["flood", "error", "hang"]):
        case "flood":
            trial.telegram.fail(method, 429, retry_after=1)
        case "error":
            trial.telegram.fail(method, 500, done=done and method != "getUpdates")
        case "hang":
            trial.telegram.hang(method, done=done and method != "getUpdates")


async def disk_full(trial: Trial) -> Tally:
    """No byte more can be written, again and again. SQLite on a small tmpfs, which takes root to mount."""
    with SmallDisk(trial.folder / "small", DISK) as disk:
        trial.database = SqliteFile(disk.folder)
        async with opened(trial):
            trial.start_campaign()
            await asyncio.to_thread(trial.add_server().start)
            async with trial.faults() as time_left:
                while time_left():
                    await trial.pause(0.3, 1.0)
                    await asyncio.to_thread(disk.fill)
                    await trial.pause(0.5, 2.0)
                    await asyncio.to_thread(disk.free)
            return await trial.counted()


async def neighbour(trial: Trial) -> Tally:
    """Of two processes the one that sends a campaign is killed in the middle of it, and never starts again."""
    balancer = Balancer(trial.servers)
    address = await balancer.open()
    try:
        for number in range(2):
            one = trial.add_server(public_url=address)
            one.environ["AIGUILLAGE_WORKER"] = f"machine-{number}"
            await asyncio.to_thread(one.start)
        async with trial.faults():
            trial.telegram.hang("sendMessage", times=None, chat=FIRST_HOUSEHOLD)
            trial.start_campaign()
            dead = await _at_work(trial)
            await trial.pause(trial.seconds, trial.seconds)
            await asyncio.to_thread(dead.kill)
            trial.servers.remove(dead)
        return await trial.counted()
    finally:
        await balancer.close()


async def _at_work(trial: Trial) -> Server:
    """The server that sends the campaign."""

    def names() -> list[str]:
        with trial.open_store() as store, store.reading() as connection:
            return workers_at_work(connection)

    while not (found := await asyncio.to_thread(names)):
        await asyncio.sleep(0.1)
    return next(one for one in trial.servers if found[0].startswith(one.environ["AIGUILLAGE_WORKER"]))


async def two_workers(trial: Trial) -> Tally:
    """Two processes on one database behind one address; one of them is killed, again and again."""
    balancer = Balancer(trial.servers)
    address = await balancer.open()
    try:
        trial.start_campaign()
        for _ in range(2):
            await asyncio.to_thread(trial.add_server(public_url=address).start)
        async with trial.faults() as time_left:
            while time_left():
                await trial.pause(0.5, 2.0)
                one = trial.random.choice(trial.servers)
                await asyncio.to_thread(one.kill)
                await trial.pause(0.5, 1.5)
                await asyncio.to_thread(one.start)
        return await trial.counted()
    finally:
        await balancer.close()


# Where a scenario makes sense: SQLite's file on a disk of its own; a second process on PostgreSQL alone.
ONLY = {"disk": "sqlite", "workers": "postgresql", "neighbour": "postgresql"}
BY_WEBHOOK = {"workers", "neighbour"}  # one bot is polled by one process only
UPGRADE = "upgrade"  # needs an older version's sources
SCENARIOS: dict[str, Callable[[Trial], Awaitable[Tally]]] = {
    "kills": kills,
    "database": database_away,
    "telegram": telegram_fails,
    "disk": disk_full,
    "workers": two_workers,
    "neighbour": neighbour,
    "clock": clock_moved,
    "rules": rules_published,
    UPGRADE: upgraded,
}
