"""aiguillage models measure"""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from api.commands.common import telling
from api.settings import load_settings
from bot.translation.card import language_card
from bot.translation.errors import TranslationError
from bot.translation.measures import Measure, Measured, keep, measuring, own_sentences
from bot.translation.packages import installed, missing, route
from bot.translation.translator import Translator
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("measure")
@click.argument("lang")
def models_measure(lang: str) -> None:
    """Mesurer la machine sur nos propres phrases, et voir la carte de la langue."""
    words = wording(SOURCE_LANGUAGE)
    with telling():
        folder = load_settings().models
        packages = installed(folder)
        if not route(packages, SOURCE_LANGUAGE, lang):
            pairs = " ".join(missing(packages, SOURCE_LANGUAGE, lang)) or "fr-ar"
            raise TranslationError(f"{lang}: no package translates from French; aiguillage models install {pairs}")
        measure, done = asyncio.run(_measured(folder, lang))
        for one in sorted(done, key=lambda one: one.score)[:3]:
            click.echo(words("models.worst", french=one.machine.original, machine=one.machine.text, ours=one.reference))
        click.echo(
            words("models.measured", percent=round(100 * measure.score), sentences=measure.sentences, held=measure.held)
        )
        for line in language_card(lang, folder).lines:
            click.echo(words.say(line))


async def _measured(folder: Path, language: str) -> tuple[Measure, list[Measured]]:
    done: list[Measured] = []
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(language, total=len(own_sentences(language)))
        async with Translator(folder) as translator:
            async for one in measuring(translator, language):
                done.append(one)
                bar.advance(task)
    return keep(folder, language, done, date.today()), done
