"""A campaign of 100,000 cases, planned and drained: messages a second, and memory on the way.

    python -m benchmarks.campaign [--cases 100000] [--database sqlite:///…] [--markdown docs/benchmarks.md]

The real parts, durable as in service (SQLite in WAL, a commit reaches the disk): the cases are sealed, the messages
rendered in thirteen languages, sent by the Telegram channel with pacing off, and recorded a group at a time. In
place of Telegram a bare HTTP responder that answers sendMessage, in a process of its own: the fake Bot API of the
tests checks every call and is slower than what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from telegram import Bot

from api.exchange import keyed_hash
from api.households.campaigns import CampaignDesk, Planned
from api.households.desk import Desk
from api.households.jobs import CAMPAIGN
from api.jobs.adding import DurableJobs, prepare_tables
from api.jobs.draining import Draining
from api.jobs.runtime import JobsRuntime, Loop
from api.jobs.sending import Sending
from api.jobs.worker import Worker
from api.storage.campaigns import Chosen
from api.storage.household_schema import cases
from api.storage.households import SENT, new_reference
from api.storage.journal import now
from api.storage.store import Store
from api.storage.vault import Vault
from benchmarks.telegram_pool import serve
from benchmarks.timing import figure, machine, publish, table
from bot.channels.telegram_household import Pace, TelegramHouseholds
from bot.channels.telegram_http import AiohttpRequest
from bot.followup.catalog import household_languages
from bot.followup.templates import templates

TEMPLATE = "rendez_vous_confirmation"
SHARES = (0.1, 0.5, 1.0)
SENDER = ["Amina", "Département de l'Aude", "01 23 45 67 89", "dpo@exemple.fr"]
PAGE = 1000


@dataclass
class Measured:
    """Seconds of each step; at each share, messages a second so far and resident memory in MiB."""

    cases: int
    planning: float = 0.0
    draining: float = 0.0
    at: dict[float, tuple[float, float]] = field(default_factory=dict)


def fill(store: Store, vault: Vault, count: int) -> None:
    """Cases that said yes, each with a chat of its own, in turn in each language."""
    languages, key = household_languages(), keyed_hash("benchmark")
    for first in range(0, count, PAGE):
        rows = []
        for number in range(first, min(first + PAGE, count)):
            sealing = vault.new_sealing()
            box, chat = vault.box(sealing), str(1 + number)
            row = {"reference": new_reference(), "territory": "aude", "consent": "given", "channel": "telegram"}
            row |= {"language": languages[number % len(languages)], "sealing": sealing, "sender": box.seal(SENDER)}
            rows.append(row | {"address": box.seal(chat), "address_key": key(chat), "opened_at": now()})
        with store.engine.begin() as connection:
            connection.execute(cases.insert(), rows)


async def measure(url: str, count: int, port: int, folder: Path) -> Measured:
    store, vault = Store.open(url), Vault(["b" * 40])
    prepare_tables(store.engine.url)
    fill(store, vault, count)
    jobs = DurableJobs(store.engine)
    desk = CampaignDesk(store, vault, jobs, lambda _: None)
    found = Measured(count)
    slots = {name: slot.example for name, slot in templates()[TEMPLATE].slots.items()}
    began = time.perf_counter()
    made = desk.start(Planned(TEMPLATE, slots, Chosen(territory="aude")), "benchmark")
    found.planning = time.perf_counter() - began
    request = AiohttpRequest()
    bot = Bot("1:BENCH", base_url=f"http://127.0.0.1:{port}/bot", request=request)
    loop, channel = Loop(), TelegramHouseholds(bot, Pace(on=False))
    sending = Sending(Desk(store, vault, jobs, lambda _: None), jobs, {channel.name: channel}, loop)
    work = {CAMPAIGN: Draining(Desk(store, vault, jobs, lambda _: None), sending, loop).run_campaign}
    runtime = JobsRuntime(store.engine, Worker(folder / "workers"), loop, work, lambda _: None)
    async with request:
        await runtime.start()
        await _watch(desk, made.id, found)
        await runtime.stop()
    store.close()
    return found


async def _watch(desk: CampaignDesk, campaign: str, found: Measured) -> None:
    began, left = time.perf_counter(), list(SHARES)
    while left:
        await asyncio.sleep(max(0.5, found.cases / 50_000))
        _, counts = await asyncio.to_thread(desk.progress, campaign)
        sent, spent = sum(one[SENT] for one in counts.values()), time.perf_counter() - began
        while left and sent >= left[0] * found.cases:
            found.at[left.pop(0)] = (sent / spent, resident())
            print(f"{sent:,} sent in {spent:.1f} s, {resident():.0f} MiB", flush=True)
        found.draining = spent


def resident() -> float:
    """The memory of this process now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def report(found: Measured) -> str:
    rows = [[f"{share:.0%}", figure(rate), figure(memory)] for share, (rate, memory) in found.at.items()]
    planned = (
        f"{found.cases:,} cases planned in {found.planning:.0f} s ({found.cases / found.planning:,.0f} a second), "
    )
    sent = f"sent in {found.draining:.0f} s ({found.cases / found.draining:,.0f} a second)."
    return f"{machine()}\n\n{planned}{sent}\n\n{table(('sent', 'messages a second', 'MiB'), rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--database", default=None, help="a database of its own (else a SQLite file)")
    parser.add_argument("--markdown", type=Path, default=None)
    given = parser.parse_args()
    ours, theirs = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            url = given.database or f"sqlite:///{folder}/campaign.db"
            text = report(asyncio.run(measure(url, given.cases, ours.recv(), Path(folder))))
    finally:
        server.terminate()
        server.join()
    publish(text, "campaign", given.markdown)


if __name__ == "__main__":
    main()
