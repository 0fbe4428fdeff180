"""aiguillage decide"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from api.batch import decide_lines
from api.commands.common import output, telling
from api.deciding import open_decider
from api.settings import load_settings
from bot.wording import SOURCE_LANGUAGE, nearest_language, wording

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Une demande JSON par ligne sur l'entrée standard (par défaut).")
@click.option("--csv", "table", type=FILE, help="Un tableau CSV, un fait par colonne.")
@click.option("--parquet", type=FILE, help="Un tableau Parquet, un fait par colonne ; avec --output.")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire (sinon : l'écran).")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes du tableau.")
@click.option("--territory", default=None, help="Territoire dont les réglages valent, pour le tableau.")
def decide(
    as_json: bool, table: Path | None, parquet: Path | None, to: Path | None, lang: str, territory: str | None
) -> None:
    """Décider d'un coup : une demande par ligne (--json), ou un tableau de situations (--csv, --parquet).

    Un tableau garde ses lignes et leur ordre, les réponses à leur suite ; tous les processeurs y travaillent.
    """
    if sum(map(bool, (as_json, table, parquet))) > 1:
        raise click.UsageError(wording(nearest_language(lang))("table.one"))
    if parquet and to is None:
        raise click.UsageError(wording(nearest_language(lang))("table.output"))
    source = table or parquet
    if source and to and to.exists() and to.samefile(source):
        raise click.UsageError(wording(nearest_language(lang))("table.same", file=to))
    with telling():
        decider = open_decider(load_settings())
        if source is None:
            with output(to) as out:
                wrong = decide_lines(decider, sys.stdin, out, date.today())
        else:
            from api.decide_table import Asked, TableError, decide_csv, decide_parquet

            asked = Asked(decider, lang, territory, date.today())
            try:
                if parquet and to:
                    wrong = decide_parquet(asked, parquet, to)
                elif table:
                    with output(to) as out:
                        wrong = decide_csv(asked, table, out)
            except TableError as error:
                click.echo(str(error), err=True)
                sys.exit(2)
    if wrong:
        sys.exit(2)
