"""What is done to the app: each scenario starts it, lets visitors come, does its harm, and counts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from tests.chaos.counting import Tally
from tests.chaos.trial import Trial

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
                await asyncio.to_thread(trial.server.until, lambda: trial.server.ready() is not None)
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
    """The Bot API refuses with 429, 500 and 403, does what it was asked and says 500, hangs, and is away for a while."""
    trial.start_campaign()
    for chat in list(trial.households)[::10]:  # these have blocked the bot: nothing is to arrive
        trial.telegram.block(chat)
        del trial.households[chat]
    await asyncio.to_thread(trial.add_server().start)
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


SCENARIOS: dict[str, Callable[[Trial], Awaitable[Tally]]] = {
    "kills": kills,
    "database": database_away,
    "telegram": telegram_fails,
}
