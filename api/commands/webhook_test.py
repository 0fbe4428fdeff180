"""aiguillage webhook test"""

from __future__ import annotations

import asyncio
import sys

import click

from api.commands.webhooks import failure_words, known, opened
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.argument("number", metavar="NUMÉRO", type=int)
def webhook_test(number: int) -> None:
    """Envoyer un essai à ce programme, tout de suite et une seule fois. Finit avec 1 s'il n'est pas arrivé."""
    words = wording(SOURCE_LANGUAGE)
    with opened() as desk:
        known(desk, number)
        told = asyncio.run(desk.trial(None, number))
    if told.failure is None:
        click.echo(words("webhook.trial.arrived"))
        return
    click.echo(f"{words('webhook.trial.failed')} {failure_words(told.failure)}", err=True)
    sys.exit(1)
