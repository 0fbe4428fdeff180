"""aiguillage log"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.console import Console as Screen
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api import logbook
from api.commands.common import output, print_table, telling
from api.exports.columns import QUESTIONS
from api.exports.tables import export_of
from api.exports.workbook import write_workbook
from api.pages.when import beginning
from api.settings import load_settings
from api.storage.exporting import Chosen, count, page
from api.storage.reviews import STATES
from api.storage.store import Store
from bot.wording import SOURCE_LANGUAGE, wording

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--csv", "as_csv", is_flag=True, help="En CSV.")
@click.option("--xlsx", "as_workbook", is_flag=True, help="En classeur XLSX, avec son dictionnaire ; veut --output.")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire.")
@click.option("--excel", is_flag=True, help="CSV lisible par Excel (avec BOM).")
@click.option("--since", type=DAY, help="À partir de ce jour, à Paris.")
@click.option("--until", type=DAY, help="Jusqu'à ce jour compris, à Paris.")
@click.option("--limit", default=50, help="Combien de questions montrer.")
@click.option("--territory", default=None, help="Seulement ce territoire.")
@click.option("--state", type=click.Choice(STATES), default=None, help="Seulement celles dont la relecture en est là.")
def log(
    as_csv: bool,
    as_workbook: bool,
    to: Path | None,
    excel: bool,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    territory: str | None,
    state: str | None,
) -> None:
    """Les questions posées, les plus récentes d'abord ; export en CSV ou XLSX, avec les verdicts."""
    end = beginning(until.date() + timedelta(days=1)) if until else None
    chosen = Chosen(since=beginning(since.date() if since else None), until=end, territory=territory, state=state)
    if as_workbook and to is None:
        raise click.UsageError(wording(SOURCE_LANGUAGE)("exports.refused.output"))
    with telling(), Store.open(load_settings().database_url) as store:
        if as_workbook and to is not None:
            _workbook(store, chosen, to)
        elif as_csv or to:
            _csv(store, chosen, to, excel)
        else:
            _list(store, chosen, limit)


def _workbook(store: Store, chosen: Chosen, to: Path) -> None:
    words = wording(SOURCE_LANGUAGE)
    to.open("ab").close()  # where it cannot be written, say so before the rows are read
    look = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*look, console=Screen(stderr=True)) as progress:
        task = progress.add_task(words("exports.progress"), total=count(store.engine, chosen))
        export = export_of(QUESTIONS, store.engine, chosen)
        write_workbook(export, words, to, lambda done: progress.update(task, completed=done))


def _csv(store: Store, chosen: Chosen, to: Path | None, excel: bool) -> None:
    export = export_of(QUESTIONS, store.engine, chosen)
    with output(to) as out:
        for line in logbook.csv_lines(export.head, export.rows(), bom=excel, delimiter=";" if excel else ","):
            out.write(line)


def _list(store: Store, chosen: Chosen, limit: int) -> None:
    with store.engine.begin() as connection:
        rows = list(logbook.listing(page(connection, chosen, limit=limit)))
    if not rows:
        click.echo(wording(SOURCE_LANGUAGE)("log.empty"))
        return
    print_table(logbook.SUMMARY, rows)
