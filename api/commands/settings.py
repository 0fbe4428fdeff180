"""aiguillage settings"""

from __future__ import annotations

import click

from api.commands.common import print_table, telling
from api.settings import describe, load_settings
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
def settings() -> None:
    """Chaque réglage : sa valeur, ce qu'il veut dire, d'où il vient."""
    with telling():
        words = wording(SOURCE_LANGUAGE)
        rows = [(r.name, r.shown, words(r.meaning), words.say(r.origin)) for r in describe(load_settings())]
        print_table(("réglage", "valeur", "sens", "origine"), rows)
