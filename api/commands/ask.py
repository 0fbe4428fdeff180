"""aiguillage ask"""

from __future__ import annotations

import asyncio
import getpass
from datetime import date
from pathlib import Path

import click

from api.commands.common import telling
from api.jobs.runtime import Loop
from api.parts import Parts, open_parts, speaking
from api.settings import load_settings
from api.speech.hearing import Hearing
from bot.channels.console import Console
from bot.messages import Incoming
from bot.speech.voice import Voice
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes.")
@click.option("--territory", default=None, help="Territoire dont les réglages valent.")
@click.option(
    "--audio",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Un message vocal (Ogg, WebM, MP4, MP3 ou WAV) : la première réponse, de vive voix.",
)
def ask(lang: str, territory: str | None, audio: Path | None) -> None:
    """Poser une question dans le terminal.

    On y répond par le numéro d'un choix, en racontant la situation, ou par un message vocal : « /parler FICHIER ».
    « e » fait lire à voix haute ce qui est affiché, dans un fichier que le terminal nomme.
    """
    with telling():
        settings = load_settings()
        parts = open_parts(settings)
        if territory and parts.decider.territory(territory) is None:
            raise click.BadParameter(wording(SOURCE_LANGUAGE)("chat.unknown_territory"), param_hint="--territory")
        voice = Voice(settings.models, whisper=settings.whisper)
        console = Console(
            exchange=parts.exchange,
            asker=getpass.getuser(),
            read=input,
            write=click.echo,
            today=date.today,
            language=lang,
            territory=territory,
            public_url=settings.public_url,
            ears=lambda incoming: _hear(parts, voice, incoming),
            aloud=speaking(parts, voice),
            sound_file=settings.data_dir / "ecouter.ogg",
        )
        try:
            asyncio.run(_talk(console, voice, audio))
        finally:
            parts.store.close()


async def _talk(console: Console, voice: Voice, audio: Path | None) -> None:
    async with voice:
        await console.run(audio)


async def _hear(parts: Parts, voice: Voice, incoming: Incoming) -> None:
    """Hear a voice note here and now: a terminal has no server behind it."""
    loop = Loop()
    loop.attach()
    aloud = speaking(parts, voice)
    hearing = Hearing(parts.store, parts.exchange, parts.vault, parts.jobs, voice, aloud, {}, loop)
    await asyncio.to_thread(hearing.hear_note, parts.exchange.note(incoming))
