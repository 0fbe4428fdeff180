"""Words made into a sound, once: found again by what they say."""

from __future__ import annotations

import asyncio
import logging
from hashlib import sha256

from api.storage.sounds import Sounds
from bot.speech.errors import NoEngineError, SoundError
from bot.speech.voice import SpeechError, Voice

log = logging.getLogger(__name__)
MADE_BY = "1"  # grows when the engines, or how abbreviations are said, change


class Speaking:
    """``bot.channels.Aloud``: words in a language -> a voice note (Ogg Opus), None where no voice here speaks it."""

    def __init__(self, sounds: Sounds, voice: Voice) -> None:
        self._sounds, self._voice = sounds, voice

    async def __call__(self, said: str, language: str) -> bytes | None:
        what = f"{MADE_BY} {language} {said}"
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

    async def mp3(self, sound: bytes) -> bytes | None:
        what = f"mp3 {sha256(sound).hexdigest()}"
        if found := await asyncio.to_thread(self._sounds.get, what):
            return found
        try:
            made = await self._voice.mp3(sound)
        except (SoundError, SpeechError) as error:
            log.warning("speech: %s", error)
            return None
        await asyncio.to_thread(self._sounds.put, what, made)
        return made
