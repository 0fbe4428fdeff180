"""A trial: the served app before a fake Telegram with visitors and households, and what was promised, counted after."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from api.exchange import keyed_hash
from api.households.campaigns import CampaignDesk, Planned
from api.households.desk import Desk
from api.jobs.adding import DurableJobs, prepare_tables
from api.storage.campaigns import RUNNING, Chosen
from api.storage.household_schema import campaigns, household_messages
from api.storage.households import QUEUED
from api.storage.store import Store
from api.storage.vault import Vault
from bot.followup.content import TEMPLATE, Content
from tests.api.households_by_telegram import SENDER, template
from tests.chaos.counting import Tally, tally
from tests.chaos.databases import PostgresDatabase, SqliteFile
from tests.chaos.people import Crowd
from tests.chaos.servers import KEY, SECRET, WEBHOOK_SECRET, Server
from tests.fakes.telegram import FakeTelegram

PATIENCE = 150.0  # seconds after the last fault in which everything must have come to its end
LANGUAGES = ("ar", "fa-AF", "tr", "fr")
FIRST_HOUSEHOLD = 1000


@dataclass
class Trial:
    """``seconds``: how long the faults go on. ``webhook``: else the bot polls. ``many``: households of the campaign."""

    name: str
    telegram: FakeTelegram
    database: SqliteFile | PostgresDatabase
    folder: Path
    random: Random
    seconds: float
    webhook: bool
    many: int = 60
    environ: dict[str, str] = field(default_factory=dict)
    servers: list[Server] = field(default_factory=list)
    households: dict[int, int] = field(default_factory=dict)
    older: Path | None = None

    def __post_init__(self) -> None:
        self.vault = Vault([KEY])
        self.crowd = Crowd(self.telegram, self.random)

    @property
    def server(self) -> Server:
        return self.servers[0]

    def add_server(self, folder: str = "data", public_url: str | None = None) -> Server:
        """One more process on the database; not started yet."""
        server = Server(self.folder / folder, **self.settings())
        if self.webhook:
            server.environ["AIGUILLAGE_TELEGRAM_WEBHOOK_SECRET"] = WEBHOOK_SECRET
            server.environ["AIGUILLAGE_PUBLIC_URL"] = public_url or server.address
        self.servers.append(server)
        return server

    def settings(self) -> dict[str, str]:
        return {
            "AIGUILLAGE_DATABASE_URL": self.database.url,
            "AIGUILLAGE_TELEGRAM_TOKEN": self.telegram.token,
            "AIGUILLAGE_TELEGRAM_API": self.telegram.url,
            "AIGUILLAGE_SECRET_KEY": SECRET,
            "AIGUILLAGE_CONTACT_KEYS": KEY,
            **self.environ,
        }

    def open_store(self) -> Store:
        return Store.open(self.database.url)

    def start_campaign(self) -> None:
        """Households that said yes, and a campaign to all of them."""
        with self.open_store() as store:
            prepare_tables(store.engine.url)
            self.paired(store, self.many)
            desk = CampaignDesk(store, self.vault, DurableJobs(store.engine), lambda _: None)
            name = "materiel_pose"
            desk.start(Planned(name, template(name).values, Chosen(territory="aude")), "coordination")

    def paired(self, store: Store, count: int) -> list[str]:
        """Cases with a chat each, that said yes and are to get one message."""
        references = []
        with store.households(self.vault) as households:
            for number in range(count):
                chat = FIRST_HOUSEHOLD + len(self.households)
                case = households.open_case(LANGUAGES[number % len(LANGUAGES)], SENDER, "aude")
                households.pair(case.reference, "telegram", str(chat), keyed_hash(SECRET)(str(chat)))
                households.change(case.reference, consent="given")
                self.households[chat] = 1
                references.append(case.reference)
        return references

    def appointments(self, store: Store, count: int, day: date) -> None:
        """Cases that are told of an appointment now, and are to be reminded of it on the evening before the day."""
        desk, slots = self.desk(store), SENDER.slots("rendez_vous_confirmation")
        values = {"jour": day.isoformat(), "heure": "14:30", "lieu": "chez_vous", "duree": "45"}
        first = FIRST_HOUSEHOLD + len(self.households)
        for reference in self.paired(store, count):
            desk.send(reference, Content(TEMPLATE, "rendez_vous_confirmation", {**slots, **values}))
        self.households.update(dict.fromkeys(range(first, first + count), 2))

    def desk(self, store: Store) -> Desk:
        return Desk(store, self.vault, DurableJobs(store.engine), lambda _: None)

    @asynccontextmanager
    async def faults(self) -> AsyncIterator[Callable[[], bool]]:
        """Visitors come while the block runs; it asks whether there is time left. Then everything comes to its end."""
        self.crowd.come()
        ends = time.monotonic() + self.seconds
        yield lambda: time.monotonic() < ends
        self.telegram.recover()
        await self.all_started()
        await self.crowd.leave(PATIENCE)
        await self.settled()

    async def all_started(self) -> None:
        await asyncio.gather(*(asyncio.to_thread(one.start) for one in self.servers if not one.runs))

    async def settled(self) -> None:
        """Wait until nothing is on its way, at most PATIENCE seconds: what is still waiting then is lost."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and (self._unconfirmed() or await asyncio.to_thread(self._waiting)):
            await asyncio.sleep(0.2)

    def _unconfirmed(self) -> bool:
        """By polling, an update that was answered is confirmed at the next fetch."""
        return not all(map(self.telegram.is_delivered, self.telegram.updates_made))

    def _waiting(self) -> int:
        with self.open_store() as store, store.reading() as connection:
            queued = select(func.count()).select_from(household_messages).where(household_messages.c.state == QUEUED)
            running = select(func.count()).select_from(campaigns).where(campaigns.c.state == RUNNING)
            return (connection.scalar(queued) or 0) + (connection.scalar(running) or 0)

    async def arrived(self) -> None:
        """Wait until every household has its messages, at most PATIENCE seconds."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and any(
            len(self.telegram.messages(chat)) < wanted for chat, wanted in self.households.items()
        ):
            await asyncio.sleep(0.1)

    async def counted(self, *, swept: bool = False) -> Tally:
        """``swept``: what was taken in is forgotten meanwhile, as promised; whether it was is seen by what it did."""

        def count() -> Tally:
            with self.open_store() as store:
                visitors, taken = self.crowd.visitors, not swept
                return tally(self.name, self.telegram, store, visitors, self.households, taken=taken)

        return await asyncio.to_thread(count)

    async def pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self.random.uniform(least, most))


@asynccontextmanager
async def opened(trial: Trial) -> AsyncIterator[Trial]:
    """The trial; its processes are gone at the end, whatever happened."""
    try:
        yield trial
    finally:
        for server in trial.servers:
            await asyncio.to_thread(server.kill)
