"""``python -m tests.chaos --seconds 20 --seed 1``: every scenario, on both databases, by webhook and by polling.

Prints what was lost, logged twice, repeated and late; ends with status 1 where anything was lost or logged twice.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from random import Random

import click

from api.commands.common import print_table
from tests.chaos.counting import HEAD, Tally
from tests.chaos.databases import PostgresDatabase, PostgresServer, SqliteFile, postgres
from tests.chaos.scenarios import BY_WEBHOOK, ONLY, SCENARIOS, UPGRADE
from tests.chaos.servers import WEBHOOK_SECRET
from tests.chaos.trial import Trial, opened
from tests.fakes.telegram import FakeTelegram


async def run(
    scenario: str,
    database: SqliteFile | PostgresDatabase,
    folder: Path,
    *,
    seed: int,
    seconds: float,
    webhook: bool,
    older: Path | None = None,
) -> Tally:
    """One scenario, counted."""
    how = f"{scenario}, {database.name}, {'webhook' if webhook else 'polling'}"
    async with FakeTelegram(secret=WEBHOOK_SECRET) as telegram:
        trial = Trial(how, telegram, database, folder, Random(f"{seed} {how}"), seconds, webhook, older=older)  # noqa: S311
        async with opened(trial):
            return await SCENARIOS[scenario](trial)


@click.command()
@click.option("--seconds", default=20.0, show_default=True, help="How long the faults of each trial go on.")
@click.option("--seed", default=1, show_default=True, help="What is random follows from it; timing does not.")
@click.option("--scenario", "scenarios", multiple=True, type=click.Choice(list(SCENARIOS)), help="All when not given.")
@click.option("--database", "databases", multiple=True, type=click.Choice(["sqlite", "postgresql"]))
@click.option("--way", "way", multiple=True, type=click.Choice(["webhook", "polling"]))
@click.option("--older", type=click.Path(exists=True, path_type=Path), help="An older version's sources, for upgrade.")
def main(
    seconds: float,
    seed: int,
    scenarios: tuple[str, ...],
    databases: tuple[str, ...],
    way: tuple[str, ...],
    older: Path | None,
) -> None:
    """Do harm to the served app and count what became of what was sent, asked and due."""
    tallies = []
    with postgres() as server:
        for scenario in scenarios or (one for one in SCENARIOS if older or one != UPGRADE):
            for kind in databases or ("sqlite", "postgresql"):
                if ONLY.get(scenario, kind) != kind:
                    continue
                for webhook in (how == "webhook" for how in way or ("webhook", "polling")):
                    if not webhook and scenario in BY_WEBHOOK:
                        continue
                    how = {"seed": seed, "seconds": seconds, "webhook": webhook, "older": older}
                    tallies.append(_trial(scenario, kind, server, **how))
                    click.echo("  ".join(tallies[-1].row()))
                    for words in tallies[-1].lost + tallies[-1].twice:
                        click.echo(f"    {words}")
    print_table(HEAD, [one.row() for one in tallies])
    sys.exit(any(one.lost or one.twice for one in tallies))


def _trial(scenario: str, kind: str, server: PostgresServer, **how: object) -> Tally:
    with tempfile.TemporaryDirectory(prefix="chaos") as folder:
        if kind == "sqlite":
            return asyncio.run(run(scenario, SqliteFile(Path(folder) / "database"), Path(folder), **how))
        database = PostgresDatabase(server)
        try:
            return asyncio.run(run(scenario, database, Path(folder), **how))
        finally:
            database.drop()


if __name__ == "__main__":
    main()
