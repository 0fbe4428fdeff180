"""aiguillage models list"""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.common import megabytes, print_table, telling
from api.settings import load_settings
from bot.followup.catalog import household_languages, own_name
from bot.speech.model_folder import size_of
from bot.speech.model_kinds import NAME
from bot.translation.measures import measure_of
from bot.translation.packages import installed, route
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("list")
def models_list() -> None:
    """Voir les modèles de parole et les paquets de traduction installés, et par où passe chaque langue."""
    words = wording(SOURCE_LANGUAGE)
    with telling():
        folder = load_settings().models
        if speech := _speech_models(folder):
            print_table(tuple(words(f"model.head.{head}") for head in ("name", "size", "folder")), speech)
        else:
            click.echo(words("model.none", folder=str(folder)))
        packages = installed(folder)
        if not packages:
            click.echo(words("models.none", folder=str(folder)))
            return
        rows = [(package.pair, package.version, package.folder.name) for package in packages]
        print_table((words("models.head.pair"), words("models.head.version"), words("models.head.folder")), rows)
        ways = []
        for code in household_languages():
            if code != SOURCE_LANGUAGE:
                there, back = (
                    _way(route(packages, *ends)) for ends in ((SOURCE_LANGUAGE, code), (code, SOURCE_LANGUAGE))
                )
                measure = measure_of(folder, code)
                score = f"{round(100 * measure.score)} %" if measure else "—"
                ways.append((f"{code} {own_name(code)}", words(there), words(back), score))
        heads = ("language", "there", "back", "score")
        print_table(tuple(words(f"models.head.{head}") for head in heads), ways)


def _speech_models(folder: Path) -> list[tuple[str, str, str]]:
    """Name, megabytes and place of each."""
    found = sorted(path for path in folder.glob("*") if NAME.fullmatch(path.name) and path.is_dir())
    return [(path.name, megabytes(size_of(path)), str(path)) for path in found]


def _way(packages: tuple[object, ...]) -> str:
    return ("models.way.none", "models.way.direct", "models.way.english")[len(packages)]
