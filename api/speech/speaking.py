"""Words made into a sound, once: found again by what they say."""

from __future__ import annotations

import asyncio
import logging

from api.storage.sounds import Sounds
from bot.speech.errors import NoEngineError
from bot.speech.voice import SpeechError, Voice

log = logging.getLogger(__name__)
MADE_BY = "1"  # grows when how an engine speaks, or how abbreviations are said, changes


class Speaking:
    """``bot.channels.Aloud``: words in a language -> a voice note (Ogg Opus), None where no voice here speaks it."""

    def __init__(self, sounds: Sounds, voice: Voice) -> None:
        self._sounds, self._voice = sounds, voice

    async def __call__(self, said: str, language: str) -> bytes | None:
        what = f"{MADE_BY} {self._voice.speakers} {language} {said}"
        if sound := await asyncio.to_thread(self._sounds.get, what):
            return sound
        try:
            made = await self._voice.speak(said, language)
        except NoEngineError:
            return None
        except SpeechError as error:
            log.warning("speech: %s", error)
            return None
        await asyncio.to_thread(self._sounds.put, what, made)
        return made
