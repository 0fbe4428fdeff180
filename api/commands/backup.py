"""aiguillage backup"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console as Screen

from api.backup.archive import BackupError
from api.backup.making import make
from api.commands.common import telling
from api.settings import load_settings
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Remplacer le fichier s'il existe.")
def backup(file: Path, force: bool) -> None:
    """Sauvegarder la base et le dossier de données dans un fichier, pendant que le serveur tourne. Sans les clés."""
    words = wording(SOURCE_LANGUAGE)
    with telling():
        try:
            with Screen(stderr=True).status(words("backup.making")):
                made = make(load_settings(), file, force=force)
        except BackupError as error:
            click.echo(words.say(error.said), err=True)
            sys.exit(2)
    size = f"{file.stat().st_size / 1_000_000:.1f}".replace(".", ",")
    click.echo(words("backup.made", file=file, rows=sum(made.rows.values()), megabytes=size))
    click.echo(words("backup.no_keys"))
