"""aiguillage log"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from api import logbook
from api.commands.common import output, print_table, telling
from api.settings import load_settings
from api.storage.store import Store
from bot.wording import SOURCE_LANGUAGE, wording
from rules.load import load_ruleset


@click.command()
@click.option("--csv", "as_csv", is_flag=True, help="En CSV.")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire le CSV.")
@click.option("--excel", is_flag=True, help="CSV lisible par Excel (avec BOM).")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="À partir de ce jour (UTC).")
@click.option("--limit", default=50, help="Combien de questions montrer.")
@click.option("--territory", default=None, help="Seulement ce territoire.")
def log(as_csv: bool, to: Path | None, excel: bool, since: datetime | None, limit: int, territory: str | None) -> None:
    """Les questions posées, les plus récentes d'abord ; export en CSV."""
    with telling():
        settings = load_settings()
        words = wording(SOURCE_LANGUAGE)
        start = since.replace(tzinfo=UTC) if since else None
        facts = tuple(load_ruleset().vocabulary.facts)
        with Store.open(settings.database_url) as store:
            if as_csv or to:
                with output(to) as out:
                    found = store.stream(since=start, territory=territory)
                    for line in logbook.export(found, facts, bom=excel, delimiter=";" if excel else ","):
                        out.write(line)
                return
            rows = list(logbook.listing(store.enquiries(limit=limit, since=start, territory=territory)))
        if not rows:
            click.echo(words("log.empty"))
            return
        print_table(logbook.SUMMARY, rows)
