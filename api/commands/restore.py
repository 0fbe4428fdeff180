"""aiguillage restore"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console as Screen

from api.backup.restoring import restore as put_back
from api.commands.common import telling
from api.settings import load_settings
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Remplacer la base et les fichiers qui sont là. C'est sans retour.")
def restore(file: Path, force: bool) -> None:
    """Remettre une sauvegarde à sa place, serveur arrêté. Refuse d'écraser une base qui n'est pas vide."""
    words = wording(SOURCE_LANGUAGE)
    with telling(), Screen(stderr=True).status(words("backup.restoring")):
        restored = put_back(load_settings(), file, force=force)
    manifest = restored.manifest
    click.echo(words("backup.restored", file=file, made_at=manifest.made_at, rows=sum(manifest.rows.values())))
    for name in restored.keys:
        click.echo(words("backup.other_key", setting=f"AIGUILLAGE_{name}"), err=True)
