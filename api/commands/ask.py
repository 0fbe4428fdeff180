"""aiguillage ask"""

from __future__ import annotations

import asyncio
import getpass
from datetime import date

import click

from api.commands.common import telling
from api.parts import open_parts
from api.settings import load_settings
from bot.channels.console import Console
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes.")
@click.option("--territory", default=None, help="Territoire dont les réglages valent.")
def ask(lang: str, territory: str | None) -> None:
    """Poser une question dans le terminal."""
    with telling():
        settings = load_settings()
        parts = open_parts(settings)
        if territory and parts.decider.territory(territory) is None:
            raise click.BadParameter(wording(SOURCE_LANGUAGE)("chat.unknown_territory"), param_hint="--territory")
        console = Console(
            exchange=parts.exchange,
            asker=getpass.getuser(),
            read=input,
            write=click.echo,
            today=date.today,
            language=lang,
            territory=territory,
            public_url=settings.public_url,
        )
        try:
            asyncio.run(console.run())
        finally:
            parts.store.close()
