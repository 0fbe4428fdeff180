"""What time does to the app: the clock moved by a year, one version after the other."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx

from tests.api.households_by_telegram import SENDER, template
from tests.chaos.clock import MovedClock, evening_before
from tests.chaos.counting import Tally
from tests.chaos.trial import Trial

APPOINTMENTS = 12
A_YEAR = timedelta(days=366)


async def clock_moved(trial: Trial) -> Tally:
    """The clock leaps a year ahead under a running server and under one that starts, and back again."""
    clock = MovedClock(trial.folder)
    trial.environ |= clock.environ
    day = (datetime.now(UTC) + A_YEAR).date()
    await asyncio.to_thread(trial.add_server().start)
    with trial.open_store() as store:
        trial.appointments(store, APPOINTMENTS, day)
    link = _link(trial)
    assert await _status(trial, link) == 200
    async with trial.faults():
        await trial.pause(trial.seconds / 3, trial.seconds / 3)
        trial.start_campaign()
        clock.move_to(evening_before(day))
        await trial.arrived()
        expired = await _status(trial, link) == 410
        await asyncio.to_thread(trial.server.kill)
        await asyncio.to_thread(trial.server.start)
        await trial.pause(trial.seconds / 3, trial.seconds / 3)
        clock.move(timedelta())
        await trial.pause(trial.seconds / 3, trial.seconds / 3)
        await asyncio.to_thread(trial.server.kill)
        await asyncio.to_thread(trial.server.start)
    found = await trial.counted(swept=True)
    found.lost += [] if expired else ["a link of 14 days opens after a year"]
    return found


def _link(trial: Trial) -> str:
    """The token of a household's page that has something to read, for 14 days."""
    with trial.open_store() as store:
        with store.households(trial.vault) as households:
            case = households.open_case("fr", SENDER, "aude")
        trial.desk(store).send(case.reference, template("accord_messages"), channel="link")
        with store.households(trial.vault) as households:
            return households.links(case.reference)[0].token


async def _status(trial: Trial, token: str) -> int:
    """What the page of a link answers."""
    async with httpx.AsyncClient(timeout=20) as browser:
        return (await browser.get(f"{trial.server.address}/m/{token}")).status_code
