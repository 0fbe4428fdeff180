"""aiguillage locales import"""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.common import telling
from api.commands.household_words import french_in, in_folder, known, save
from api.commands.locales_export import ENDINGS
from bot.followup.catalog import Catalog, parse_catalog, read_catalog
from bot.followup.catalog_text import keys, refreshed
from bot.followup.templates import templates
from bot.followup.translating import taken_in
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@in_folder
def locales_import(file: Path, folder: Path) -> None:
    """Reprendre le fichier d'« export » une fois traduit. Ce qui change devient un brouillon, à relire."""
    words = wording(SOURCE_LANGUAGE)
    if file.suffix.lower() not in ENDINGS:
        raise click.BadParameter(words("followup.unknown_extension", file=str(file)), param_hint="FILE")
    with telling():
        returned = _read(file)
        code = known(returned.language, folder)
        french = french_in(folder)
        taken = taken_in(refreshed(read_catalog(code, folder), french, templates()), returned, french)
        for key in taken.unknown:
            click.echo(words("followup.import.unknown_key", key=key))
        for key in taken.older:
            click.echo(words("followup.import.older_french", key=key))
        written = save(taken.catalog, french, folder)
        same = len(keys(templates())) - len(taken.changed)
        click.echo(words("followup.imported", file=str(written), changed=len(taken.changed), same=same))


def _read(file: Path) -> Catalog:
    if file.suffix.lower() == ".po":
        return parse_catalog(file.read_bytes(), None, file)
    from api.translation_sheet import catalog_of

    return catalog_of(file)
