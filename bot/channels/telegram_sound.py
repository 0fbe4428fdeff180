"""Sound by Telegram, both ways: a voice note fetched or refused before that, and a reply that is heard."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram_sending import Patience
from bot.channels.telegram_updates import VoiceNote
from bot.speech.limits import LARGEST, LONGEST
from bot.speech.sounded import OGG, Sounded

FETCHING = 30.0  # seconds that a voice note may take to come
ACTION_LASTS = 4.0  # seconds: Telegram shows one for five
VOICES_FORBIDDEN = "voice_messages_forbidden|restricted receiving of voice"
TOO_LARGE, TOO_LONG, NOT_FETCHED = "too_large", "too_long", "not_fetched"


class FetchError(Exception):
    """A voice note that is not there to be heard. ``code``: of a message ``speech.refused.…``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def voice_of(bot: Bot, patience: Patience, note: VoiceNote) -> bytes:
    """What was said. Raises FetchError; what is too long or too large as announced is not fetched."""
    if note.seconds > LONGEST:
        raise FetchError(TOO_LONG)
    if note.size > LARGEST:
        raise FetchError(TOO_LARGE)
    try:
        async with asyncio.timeout(FETCHING):
            return await fetch(bot, patience, note.file, LARGEST)
    except BadRequest as refusal:
        raise FetchError(TOO_LARGE if "too big" in refusal.message.lower() else NOT_FETCHED) from None
    except (TelegramError, TimeoutError):
        raise FetchError(NOT_FETCHED) from None


async def fetch(bot: Bot, patience: Patience, file: str, most: int | None = None) -> bytes:
    """The bytes of a file at Telegram. Raises a TelegramError, or FetchError beyond ``most`` bytes."""
    found = await patience.insist(lambda: bot.get_file(file))
    if most is not None and (found.file_size or 0) > most:
        raise FetchError(TOO_LARGE)
    if not found.file_path:
        raise FetchError(NOT_FETCHED)
    content = bytes(await patience.insist(found.download_as_bytearray))
    if most is not None and len(content) > most:
        raise FetchError(TOO_LARGE)
    return content


async def play(bot: Bot, patience: Patience, chat: int, sound: Sounded, caption: str | None = None) -> None:
    """A voice note where Telegram takes it as one, else a sound to play. Raises a TelegramError."""
    media, content = sound
    send = bot.send_voice if media == OGG else bot.send_audio
    await patience.insist(lambda: send(chat, content, caption=caption))


def forbids_voices(refusal: TelegramError) -> bool:
    """Whether whoever is written to has told Telegram to take no voice messages."""
    return re.search(VOICES_FORBIDDEN, refusal.message, re.IGNORECASE) is not None


@asynccontextmanager
async def meanwhile(bot: Bot, chat: int, action: str) -> AsyncIterator[None]:
    """Show in the chat that something is under way (« typing », « record_voice »); a comfort, nothing waits for it."""

    async def shown() -> None:
        while True:
            with suppress(TelegramError):
                await bot.send_chat_action(chat, action)
            await asyncio.sleep(ACTION_LASTS)

    showing = asyncio.create_task(shown())
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait({showing})
