"""aiguillage backup"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console as Screen

from api.backup.making import make
from api.commands.common import megabytes, telling
from api.settings import load_settings
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Remplacer le fichier s'il existe.")
def backup(file: Path, force: bool) -> None:
    """Sauvegarder la base et le dossier de données dans un fichier, pendant que le serveur tourne. Sans les clés."""
    words = wording(SOURCE_LANGUAGE)
    with telling(), Screen(stderr=True).status(words("backup.making")):
        made = make(load_settings(), file, force=force)
    size = megabytes(file.stat().st_size)
    click.echo(words("backup.made", file=file, rows=sum(made.rows.values()), megabytes=size))
    click.echo(words("backup.no_keys"))
