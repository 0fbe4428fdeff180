"""aiguillage models translate"""

from __future__ import annotations

import asyncio
import sys
from itertools import zip_longest
from pathlib import Path

import click
from rich.markup import escape

from api.commands.common import print_table, telling
from api.settings import load_settings
from bot.translation.translator import MachineText, Translator
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("translate")
@click.option("--from", "source", default="fr", show_default=True, help="La langue du texte.")
@click.option("--to", "target", required=True, help="La langue voulue.")
@click.option("--name", "names", multiple=True, help="Un nom à garder tel quel (plusieurs fois possible).")
def models_translate(source: str, target: str, names: tuple[str, ...]) -> None:
    """Essayer un texte, lu sur l'entrée : l'original à côté de la machine, les doutes, le texte retraduit.

    Sortie 0 quand rien ne retient le texte, 1 quand il est retenu, 2 quand la machine ne marche pas.
    """
    with telling():
        text = _given()
        machine = asyncio.run(_translated(load_settings().models, text, source, target, names))
        _show(machine)
    sys.exit(1 if machine.held else 0)


def _given() -> str:
    try:
        text = sys.stdin.buffer.read().decode("utf-8").strip()
    except UnicodeDecodeError:
        raise click.UsageError("le texte n'est pas en UTF-8") from None
    if not text:
        raise click.UsageError("rien à traduire : donnez un texte sur l'entrée")
    return text


async def _translated(folder: Path, text: str, source: str, target: str, names: tuple[str, ...]) -> MachineText:
    async with Translator(folder) as translator:
        return await translator.translate(text, source, target, names)


def _show(machine: MachineText) -> None:
    words = wording(SOURCE_LANGUAGE)
    if machine.text:
        lines = zip_longest(machine.original.split("\n"), machine.text.split("\n"), fillvalue="")
        print_table((machine.source, " → ".join(machine.route[1:])), [tuple(map(escape, row)) for row in lines])
        click.echo(words(machine.label))
    if machine.back is not None and machine.similarity is not None:
        click.echo(words("models.back", text=machine.back, percent=round(100 * machine.similarity)))
    click.echo(words("models.held" if machine.held else "models.not_held"))
    for reason in machine.reasons:
        click.echo(f"- {words.say(reason)}")
