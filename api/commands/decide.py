"""aiguillage decide"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from api.batch import decide_csv, decide_lines
from api.commands.common import output, telling
from api.deciding import open_decider
from api.settings import load_settings
from bot.wording import SOURCE_LANGUAGE


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Une demande JSON par ligne sur l'entrée standard (par défaut).")
@click.option("--csv", "table", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Un tableau.")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire (sinon : l'écran).")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes du tableau.")
@click.option("--territory", default=None, help="Territoire dont les réglages valent, pour le tableau.")
def decide(as_json: bool, table: Path | None, to: Path | None, lang: str, territory: str | None) -> None:
    """Décider d'un coup : une demande par ligne (--json), ou un tableau de situations (--csv)."""
    with telling():
        decider = open_decider(load_settings())
        with output(to) as out:
            if table is not None:
                wrong = decide_csv(decider, table, out, lang, territory, date.today())
            else:
                wrong = decide_lines(decider, sys.stdin, out, date.today())
    if wrong:
        sys.exit(2)
