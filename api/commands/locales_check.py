"""aiguillage locales check"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from api.commands.common import print_table, telling
from api.commands.household_words import fault_line, french_in, in_folder, known
from bot.followup.catalog import DRAFT, MISSING, REVIEWED, STALE, household_languages, own_name, read_catalog
from bot.followup.check import check, states
from bot.followup.templates import templates
from bot.wording import SOURCE_LANGUAGE, wording

COLUMNS = (REVIEWED, DRAFT, STALE, MISSING)


@click.command("check")
@click.option("--lang", "langs", multiple=True, help="Une langue seulement (plusieurs fois possible).")
@in_folder
def locales_check(langs: tuple[str, ...], folder: Path) -> None:
    """Vérifier les messages aux ménages : rien ne manque, rien de périmé, ni valeur ni chiffre perdu ou inventé.

    Sortie 0 sans faute, 1 avec une faute, 2 si un catalogue est illisible.
    """
    words = wording(SOURCE_LANGUAGE)
    with telling():
        french, every = french_in(folder), []
        rows = []
        for code in [known(lang, folder) for lang in langs] or household_languages(folder):
            catalog = read_catalog(code, folder)
            faults = check(catalog, french, templates())
            every += faults
            found = states(catalog, french, templates())
            counts = ("",) * len(COLUMNS) if code == SOURCE_LANGUAGE else tuple(str(found[s]) for s in COLUMNS)
            rows.append((f"{code} {own_name(code)}", *counts, str(len(faults))))
        for fault in every:
            click.echo(fault_line(fault, words))
        head = (words("followup.head.language"), *(words(f"followup.state.{s}") for s in COLUMNS))
        print_table((*head, words("followup.head.faults")), rows)
        if not every:
            click.echo(words("followup.checked"))
    sys.exit(1 if every else 0)
