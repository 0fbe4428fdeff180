"""aiguillage locales add"""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.common import telling
from api.commands.household_words import french_in, in_folder, save
from bot.followup.catalog import MISSING, household_languages, own_name, read_catalog
from bot.followup.catalog_text import keys, new_catalog, refreshed
from bot.followup.check import states
from bot.followup.templates import templates
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("add")
@click.argument("lang")
@in_folder
def locales_add(lang: str, folder: Path) -> None:
    """Préparer le catalogue d'une langue, ou le remettre à jour : tous les textes, le français au-dessus de chacun."""
    words = wording(SOURCE_LANGUAGE)
    code = lang.replace("_", "-")
    with telling():
        french = french_in(folder)
        before = read_catalog(code, folder) if code in household_languages(folder) else new_catalog(code)
        after = refreshed(before, french, templates())
        file = save(after, french, folder)
        for key in before.entries.keys() - after.entries.keys():
            click.echo(words("followup.dropped", key=key))
        direction = words("followup.direction.rtl" if after.right_to_left else "followup.direction.ltr")
        missing = states(after, french, templates())[MISSING]
        total = len(keys(templates()))
        click.echo(
            words(
                "followup.added", file=str(file), total=total, missing=missing, name=own_name(code), direction=direction
            )
        )
