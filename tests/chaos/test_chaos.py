"""The app under harm, shortly: nothing that was sent, asked or due is lost, and nothing is logged twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.__main__ import run
from tests.chaos.databases import PostgresDatabase, PostgresServer, SqliteFile, postgres

TRIALS = [
    ("kills", "sqlite", True),
    ("database", "postgresql", False),
    ("disk", "sqlite", True),
    ("workers", "postgresql", True),
    ("neighbour", "postgresql", True),
    ("clock", "sqlite", True),
]


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """One that may be stopped: nobody else's tests are on it."""
    with postgres() as server:
        yield server


@pytest.mark.parametrize(("scenario", "kind", "webhook"), TRIALS, ids=[one[0] for one in TRIALS])
async def test_nothing_is_lost_and_nothing_is_logged_twice(
    scenario: str, kind: str, webhook: bool, tmp_path: Path, own_server: PostgresServer
) -> None:
    database = SqliteFile(tmp_path / "database") if kind == "sqlite" else PostgresDatabase(own_server)
    tally = await run(scenario, database, tmp_path, seed=1, seconds=2, webhook=webhook)
    assert (tally.lost, tally.twice) == ([], [])
    assert tally.questions > 0 and tally.messages > 0
