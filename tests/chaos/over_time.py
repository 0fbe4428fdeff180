"""What time does to the app: the clock moved by a year, one version after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy import select

from api.storage.publications import Kept
from api.storage.schema import dialogues, enquiries
from rules.load import ruleset_of
from tests.api.households_by_telegram import SENDER, template
from tests.chaos.clock import MovedClock, evening_before
from tests.chaos.counting import Tally
from tests.chaos.servers import Server
from tests.chaos.trial import Trial
from tests.rulesets import PACKAGED, less_sure

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


async def rules_published(trial: Trial) -> Tally:
    """Two versions of the rules are put into force by turns while conversations are under way, and the server dies."""
    versions = [kept(files) for files in (PACKAGED, less_sure())]
    trial.start_campaign()
    await asyncio.to_thread(trial.add_server().start)
    began = Beginnings(trial)
    async with trial.faults() as time_left:
        watching = asyncio.create_task(began.watch())
        while time_left():
            versions.reverse()
            await asyncio.to_thread(_publish, trial, versions[0])
            await trial.pause(0.5, 2.0)
            if trial.random.random() < 0.3:
                await asyncio.to_thread(trial.server.kill)
                await asyncio.to_thread(trial.server.start)
    watching.cancel()
    found = await trial.counted()
    found.lost += await asyncio.to_thread(began.otherwise)
    return found


def kept(files: Mapping[str, str]) -> Kept:
    found = ruleset_of(files).id
    return Kept(found.version, found.name, files)


def _publish(trial: Trial, version: Kept) -> None:
    with trial.open_store() as store:
        store.publications.publish(version, "coordination")


@dataclass
class Beginnings:
    """The version that each conversation was first seen under."""

    trial: Trial
    versions: dict[str, str] = field(default_factory=dict)

    async def watch(self) -> None:
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(0.05)

    def look(self) -> None:
        with self.trial.open_store() as store, store.reading() as connection:
            for key, interview in connection.execute(select(dialogues.c.key, dialogues.c.interview)):
                if interview is not None:
                    self.versions.setdefault(key, interview["ruleset_version"])

    def otherwise(self) -> list[str]:
        """The questions that ended under another version than they began under, in words."""
        with self.trial.open_store() as store, store.reading() as connection:
            ended = connection.execute(select(enquiries.c.asker, enquiries.c.ruleset_version)).all()
        assert {version for _, version in ended if version} and self.versions
        wrong = [(asker, at) for asker, at in ended if self.versions.get(asker, at) != at]
        return [f"the question of {asker} ended under version {at}" for asker, at in wrong]


async def upgraded(trial: Trial) -> Tally:
    """A server of an older version, killed at work; the present one goes on from there; the older one does not start.

    ``trial.older``: a folder with the sources of the older version, with its catalogs compiled.
    """
    here = trial.add_server()
    here.code = trial.older
    await asyncio.to_thread(here.start)
    trial.start_campaign()
    async with trial.faults():
        await trial.pause(trial.seconds / 2, trial.seconds / 2)
        await asyncio.to_thread(here.kill)
        here.code = None
        await asyncio.to_thread(here.start)
        await trial.pause(trial.seconds / 2, trial.seconds / 2)
    found = await trial.counted()
    older = Server(trial.folder / "older", trial.older, **trial.settings())
    older.launch()
    status = await asyncio.to_thread(older.process.wait, 120)
    if status != 2 or "this version knows" not in older.log.read_text():
        found.lost.append(f"the older version started on the newer schema, or ended without a word: {status}")
    return found
