"""The page of the figures with a million logged questions, each figure beside the same in plain SQL on the log.

    python -m benchmarks.statistics [--postgresql URL] [--rounds 9] [--markdown docs/benchmarks.md]

Questions of two years, in twenty territories; a third are reviewed, one in eight of these corrected. « ours » reads
what the program keeps: sums by day, an index of what is reviewed. « plain SQL » counts the log's lines themselves, with
the same indexes. « the page » is all figures, with their words, as a national reader has it: every territory, one year.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text

from api.deciding import Decider
from api.pages.statistics import Asked, _Page
from api.rulesets import Rulesets
from api.statistics.period import Period
from api.storage import statistics
from api.storage.store import Store
from benchmarks.timing import Spread, figure, in_turns, machine, publish, table
from bot.wording import wording

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
YEAR = Period(date(2025, 11, 28), date(2026, 11, 26))
SERIES = {
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :count) ",
    "postgresql": "WITH s AS (SELECT generate_series(1, :count) AS n) ",
}
# Evenly over two years, backwards from noon of the last day.
ASKED = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', '2026-11-26 12:00:00', "
    "'-' || (s.n * 63072000 / :count) || ' seconds')",
    "postgresql": "timestamptz '2026-11-26 12:00:00+00' - (s.n * 63072000.0 / :count) * interval '1 second'",
}
MISSION = "CASE n % 7 WHEN 0 THEN NULL WHEN 1 THEN 'evaluation' WHEN 2 THEN 'suivi_n1' ELSE 'soutien_renforce' END"
RULE = "CASE n % 5 WHEN 0 THEN 'evaluation' WHEN 1 THEN 'n1_apres_pause' ELSE 'sr_en_continu' END"
STATE = "CASE WHEN n % 3 <> 0 THEN 'waiting' WHEN n % 8 = 0 THEN 'corrected' ELSE 'confirmed' END"
LOG = """INSERT INTO enquiries (id, token, interview, asked_at, channel, language, territory, asker, ruleset_version,
 facts, answer, status, missions) {series} SELECT n, 'q' || n, 'i', {asked}, 'web', 'fr', 't' || (n % 20), 'a', 'v',
 '{{}}', '{{}}', CASE WHEN n % 7 = 0 THEN 'referred' ELSE 'settled' END, '' FROM s"""
QUEUE = """INSERT INTO reviews (enquiry, token, asked_at, territory, channel, language, mission, status, open_reason,
 rule, rank, state) {series} SELECT n, 'q' || n, {asked}, 't' || (n % 20), 'web', 'fr', {mission},
 CASE WHEN n % 7 = 0 THEN 'referred' ELSE 'settled' END, CASE WHEN n % 7 = 0 THEN 'text_silent' END, {rule}, 3, {state}
 FROM s"""
DAY = {"sqlite": "date(asked_at)", "postgresql": "CAST(asked_at AT TIME ZONE 'Europe/Paris' AS date)"}
SUMS = """INSERT INTO question_days (day, territory, missions, open_reason, questions)
 SELECT {day}, territory, COALESCE(mission, ''), COALESCE(open_reason, ''), COUNT(*) FROM reviews GROUP BY 1, 2, 3, 4"""
PLAIN = {
    "by mission and reason": "SELECT mission, open_reason, COUNT(*) FROM reviews"
    " WHERE asked_at >= :begins AND asked_at < :ends GROUP BY 1, 2",
    "by week": "SELECT {day}, COUNT(*) FROM reviews WHERE asked_at >= :begins AND asked_at < :ends GROUP BY 1",
    "corrected, by rule": "SELECT rule, state, COUNT(*) FROM reviews"
    " WHERE asked_at >= :begins AND asked_at < :ends AND state IN ('confirmed', 'corrected') GROUP BY 1, 2",
}


def fill(store: Store, count: int) -> None:
    """The log, its queue and the sums, made by the database itself."""
    name = store.engine.dialect.name
    parts = {"series": SERIES[name], "asked": ASKED[name], "mission": MISSION, "rule": RULE, "state": STATE}
    with store.engine.begin() as connection:
        for statement in (LOG, QUEUE):
            connection.execute(text(statement.format(**parts)), {"count": count})
        connection.execute(text(SUMS.format(day=DAY[name])))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def measured(store: Store, count: int, rounds: int) -> dict[str, Spread]:
    """Milliseconds of each figure, and of the page."""
    fill(store, count)
    name, rulesets, words = store.engine.dialect.name, Rulesets.open(store), wording("fr")
    page = _Page(None, None, store, lambda: Decider(rulesets.current, {}), lambda: NOW, b"")  # type: ignore[arg-type]
    asked, days = Asked(YEAR, None, "year"), (YEAR.first, YEAR.last)
    moments = {"begins": YEAR.begins, "ends": YEAR.ends}
    bound = moments if name == "postgresql" else {k: f"{v:%Y-%m-%d %H:%M:%S.%f}" for k, v in moments.items()}

    def plain(sql: str) -> Callable[[], object]:
        return lambda: _read(store, lambda c: c.execute(text(sql.format(day=DAY[name])), bound).all())

    ways: dict[str, Callable[[], object]] = {
        "by mission and reason": lambda: _read(store, lambda c: statistics.questions(c, None, *days)),
        "by week": lambda: _read(store, lambda c: statistics.questions_by_day(c, None, *days)),
        "corrected, by rule": lambda: _read(store, lambda c: statistics.reviewed(c, None, *moments.values())),
        "the page": lambda: (page.figures(asked, words), page.shares(asked, words)),
    }
    ways |= {f"{figure_}, plain SQL": plain(sql) for figure_, sql in PLAIN.items()}
    for way in ways.values():
        way()
    return in_turns({title: _timed(way) for title, way in ways.items()}, rounds)


def _read(store: Store, ask: Callable[[object], object]) -> object:
    with store.reading() as connection:
        return ask(connection)


def _timed(way: Callable[[], object]) -> Callable[[], float]:
    def milliseconds() -> float:
        began = time.perf_counter()
        way()
        return (time.perf_counter() - began) * 1000

    return milliseconds


def report(found: dict[str, dict[str, Spread]], count: int) -> str:
    rows = []
    for database, spreads in found.items():
        for name in (*PLAIN, "the page"):
            beside = spreads.get(f"{name}, plain SQL")
            ours = spreads[name]
            quartiles = f"{figure(ours.low)} to {figure(ours.high)}"
            rows.append((database, name, figure(ours.median), quartiles, figure(beside.median) if beside else "—"))
    words = (
        f"## The figures of the coordinators\n\n{machine()}. {count:,} logged questions of two years in twenty "
        "territories; a national reader asks for one year of all. Milliseconds, wall clock, in turns, warm, with other "
        "work on the machine. Plain SQL counts the lines of `reviews`; ours reads the sums by day and the index of "
        "what is reviewed. On SQLite the plain SQL by week takes days of UTC, since SQLite knows no time zones."
    )
    return f"{words}\n\n{table(('database', 'figure', 'ours', 'quartiles', 'plain SQL'), rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--postgresql", help="the address of an empty PostgreSQL database")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--markdown", type=Path, help="write the result into this document")
    given = parser.parse_args()
    found: dict[str, dict[str, Spread]] = {}
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/log.db"}
        if given.postgresql:
            urls["PostgreSQL"] = given.postgresql
        for name, url in urls.items():
            with Store.open(url) as store:
                found[name] = measured(store, given.questions, given.rounds)
    said = report(found, given.questions)
    publish(said, "statistics", given.markdown)


if __name__ == "__main__":
    main()
