"""aiguillage models remove"""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.common import megabytes, telling
from api.settings import load_settings
from bot.speech.errors import ModelError
from bot.speech.model_folder import frees, remove
from bot.speech.model_kinds import NAME
from bot.translation.packages import installed
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="MODÈLE|PAIRE...")
@click.option("--yes", is_flag=True, help="Retirer sans demander.")
def models_remove(names: tuple[str, ...], yes: bool) -> None:
    """Retirer des modèles de parole ou des paquets de traduction, et libérer leur place.

    Cela ne s’annule pas : il faut les installer de nouveau. Un serveur qui s’en sert déjà les garde jusqu’à son
    redémarrage.

    \b
    aiguillage models remove whisper-small
    aiguillage models remove fr-ar --yes
    """
    words = wording(SOURCE_LANGUAGE)
    with telling():
        there = _installed(load_settings().models)
        for name in names:
            if name not in there:
                raise ModelError("model.not_there", name=name, names=", ".join(sorted(there)) or "—")
        chosen = {name: (there[name], frees(there[name])) for name in dict.fromkeys(names)}
        for name, (folder, size) in chosen.items():
            click.echo(words("model.to_remove", name=name, size=megabytes(size), folder=str(folder)))
        if not yes and not click.confirm(words("model.remove_sure")):
            click.echo(words("model.removed_nothing"))
            return
        for name, (folder, size) in chosen.items():
            remove(folder)
            click.echo(words("model.removed", name=name, size=megabytes(size)))


def _installed(models: Path) -> dict[str, Path]:
    """What can be taken out, by the name that it is asked for with."""
    speech = {path.name: path for path in models.glob("*") if NAME.fullmatch(path.name) and path.is_dir()}
    return speech | {package.pair: package.folder for package in installed(models)}
