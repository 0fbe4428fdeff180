"""A long log of questions for the benchmarks of the review: real answers, drawn over and over, written fast.

Answers come from interviews walked at random under the real rules. Territories are of very different sizes, some
languages, channels and states are rare, and older questions are judged more often than new ones.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import psycopg

from api.access.roles import COORDINATOR, NATIONAL
from api.review.rank import rank
from api.ruleset_check import fit
from api.storage.reviews import CONFIRMED, CORRECTED, REPLACED, RETURNED, TO_CLER, WAITING
from api.storage.store import Store
from bot.journal import Enquiry
from bot.rendering import finding_json
from bot.wording import SOURCE_LANGUAGE, wording
from rules.deciding_rules import deciding_rules
from rules.interview import UNKNOWN, Interviewer
from rules.load import SLIME_PLUS, read_files

TERRITORIES = tuple(f"territoire-{number:02}" for number in range(1, 21))
LANGUAGES = {"fr": 92.0, "en": 7.0, "es": 0.95, "ar": 0.05}
CHANNELS = {"web": 60.0, "telegram": 39.0, "api": 0.95, "console": 0.05}
STATES = {WAITING: 70.0, CONFIRMED: 18.0, REPLACED: 7.0, CORRECTED: 3.0, TO_CLER: 1.5, RETURNED: 0.5}
JUDGED = (CONFIRMED, CORRECTED, TO_CLER, RETURNED)
LAST, YEARS = datetime(2026, 11, 20, 18, tzinfo=UTC), 3
DIFFERENT = 400
ENQUIRIES = (
    "id, token, interview, asked_at, channel, language, territory, asker, ruleset_version, facts, answer, replaces, "
    "rules, status, missions"
)
REVIEWS = (
    "enquiry, token, asked_at, territory, channel, language, mission, status, open_reason, rule, rank, state, "
    "assignee, second_wanted_at, cell"
)
VERDICTS = "id, token, kind, reason, account, role, made_at, authoritative"
CELLS = "id, territory, mission, open_reason, language, channel"
Row = tuple[object, ...]


@dataclass(frozen=True)
class Kind:
    """One finished interview, as it is logged."""

    facts: str
    answer: str
    rules: tuple[str, ...]
    status: str
    missions: tuple[str, ...]
    reason: str | None
    rank: int
    version: str


def kinds(drawn: random.Random) -> list[Kind]:
    """Interviews walked at random: one answer in twelve is « je ne sais pas »."""
    compiled = fit(read_files(SLIME_PLUS))
    interviewer, words = Interviewer(compiled), wording(SOURCE_LANGUAGE)
    found = []
    for _ in range(DIFFERENT):
        interview = interviewer.start(date(2026, 11, 20))
        while (step := interviewer.step(interview)).question is not None:
            choices = [choice.id for choice in step.choices]
            interview = interviewer.answer(interview, UNKNOWN if drawn.random() < 1 / 12 else drawn.choice(choices))
        assert step.finding is not None
        answer, facts = finding_json(step.finding, compiled.ruleset, words), step.situation.record()
        rules = deciding_rules(compiled, step.situation, step.finding)
        version = compiled.ruleset.id.version
        logged = Enquiry("", "", LAST, "web", "fr", None, "", version, facts, answer, rules=rules)
        asked = step.finding.open.reason if step.finding.open else None
        said = json.dumps(facts, default=str), json.dumps(answer, default=str)
        found.append(Kind(*said, rules, step.finding.status, step.finding.missions, asked, rank(logged), version))
    return found


def fill(store: Store, count: int, seed: int = 1) -> None:
    """Write so many questions, their lines in the queue and their verdicts into an empty database."""
    accounts = _accounts(store)
    drawn = random.Random(seed)  # noqa: S311
    log = _Log(drawn, kinds(drawn), accounts, count)
    write = _sqlite if store.engine.dialect.name == "sqlite" else _postgresql
    write(store, log)


def _accounts(store: Store) -> dict[str, int]:
    """A coordinator a territory, and the national reader, who comes last."""
    found = {place: store.accounts.add(f"{place}@exemple.test", COORDINATOR, place).id for place in TERRITORIES}
    store.accounts.add("cler@exemple.test", NATIONAL, None)
    return found


class _Log:
    """The rows of each table, a chunk at a time."""

    def __init__(self, drawn: random.Random, pool: list[Kind], accounts: dict[str, int], count: int) -> None:
        self.drawn, self.pool, self.accounts, self.count = drawn, pool, accounts, count
        self.cells: dict[Row, int] = {}
        self.verdicts = 0

    def chunks(self, size: int = 20_000) -> Iterator[tuple[list[Row], list[Row], list[Row]]]:
        """Rows of enquiries, of reviews and of verdicts."""
        step = timedelta(days=365 * YEARS) / self.count
        for first in range(0, self.count, size):
            numbers = range(first, min(first + size, self.count))
            rows = [self._one(number + 1, LAST - (self.count - number) * step) for number in numbers]
            yield [a for a, _, _ in rows], [b for _, b, _ in rows], [c for _, _, c in rows if c]

    def _one(self, number: int, asked_at: datetime) -> tuple[Row, Row, Row | None]:
        drawn = self.drawn
        kind, token = drawn.choice(self.pool), f"banc-{number}"
        place = drawn.choices(TERRITORIES, [1 / (n + 1) for n in range(len(TERRITORIES))])[0]
        language = drawn.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
        channel = drawn.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        old = number < 0.9 * self.count
        state = drawn.choices(list(STATES), list(STATES.values()))[0] if old else WAITING
        mission = " ".join(kind.missions)
        alike = (place, mission, kind.reason or "", language, channel)
        cell = self.cells.setdefault(alike, len(self.cells) + 1)
        assignee = self.accounts[place] if drawn.random() < 0.02 else None
        second = asked_at if assignee and state == WAITING and drawn.random() < 0.05 else None
        asker = f"{drawn.getrandbits(64):032x}"
        rules, rule = json.dumps(kind.rules), kind.rules[0] if kind.rules else None
        common = (token, asked_at)
        logged = (number, token, f"i{number}", asked_at, channel, language, place, asker, kind.version)
        logged += (kind.facts, kind.answer, None, rules, kind.status, f" {mission} ")
        line = (number, *common, place, channel, language, mission or None, kind.status, kind.reason, rule, kind.rank)
        line += (state, assignee, second, cell)
        if state not in JUDGED:
            return logged, line, None
        self.verdicts += 1
        judged = (self.verdicts, token, state, "Vu avec le dossier.", self.accounts[place], COORDINATOR, asked_at, True)
        return logged, line, judged


def _sqlite(store: Store, log: _Log) -> None:
    connection = sqlite3.connect(str(store.engine.url.database))
    connection.execute("PRAGMA synchronous=OFF")

    def add(table: str, columns: str, rows: list[Row]) -> None:
        marks = ", ".join("?" for _ in columns.split(","))
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", map(_as_text, rows))  # noqa: S608

    with connection:
        for logged, lines, judged in log.chunks():
            add("enquiries", ENQUIRIES, logged)
            add("reviews", REVIEWS, lines)
            add("verdicts", VERDICTS, judged)
        add("review_cells", CELLS, [(number, *alike) for alike, number in log.cells.items()])
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _as_text(row: Row) -> Row:
    """Moments as SQLAlchemy writes them."""
    return tuple(f"{one:%Y-%m-%d %H:%M:%S.%f}" if isinstance(one, datetime) else one for one in row)


def _postgresql(store: Store, log: _Log) -> None:
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the cells that lines are in come last

        def add(table: str, columns: str, rows: list[Row]) -> None:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:  # type: ignore[arg-type]
                for row in rows:
                    copy.write_row(row)

        for logged, lines, judged in log.chunks():
            add("enquiries", ENQUIRIES, logged)
            add("reviews", REVIEWS, lines)
            add("verdicts", VERDICTS, judged)
        add("review_cells", CELLS, [(number, *alike) for alike, number in log.cells.items()])
        for table in ("enquiries", "verdicts", "review_cells"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # as its own daemon does by itself
