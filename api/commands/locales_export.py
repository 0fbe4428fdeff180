"""aiguillage locales export"""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.common import telling
from api.commands.household_words import french_in, in_folder, known, write
from bot.followup.catalog import read_catalog
from bot.followup.catalog_text import keys, po_text, refreshed
from bot.followup.templates import templates
from bot.followup.translating import to_translate
from bot.wording import SOURCE_LANGUAGE, wording

ENDINGS = (".po", ".xlsx")


@click.command("export")
@click.argument("lang")
@click.option(
    "--output", "to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Fichier .po ou .xlsx."
)
@in_folder
def locales_export(lang: str, to: Path, folder: Path) -> None:
    """Un fichier pour la personne qui traduit : le français, la traduction, l'état. « import » le reprend."""
    words = wording(SOURCE_LANGUAGE)
    if to.suffix.lower() not in ENDINGS:
        refusal = words("followup.unknown_extension", file=str(to))
        raise click.BadParameter(refusal, param_hint="--output")
    with telling():
        french = french_in(folder)
        catalog = to_translate(refreshed(read_catalog(known(lang, folder), folder), french, templates()), french)
        if to.suffix.lower() == ".po":
            content = po_text(catalog, french, templates()).encode()
        else:
            from api.translation_sheet import sheet_of

            content = sheet_of(catalog, french, templates(), words)
        write(to, content)
        total = len(keys(templates()))
        click.echo(words("followup.exported", file=str(to), total=total, language=catalog.language))
