"""Words made into a sound, once: found again by what they say. What a territory recorded itself comes first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from hashlib import sha256

from api.storage.sounds import Sounds
from bot.messages import Reply
from bot.speech.errors import NoEngineError, SoundError
from bot.speech.reading_aloud import read_aloud
from bot.speech.sounded import OGG, Sounded, recording_of
from bot.speech.voice import SpeechError, Voice
from bot.wording import wording

log = logging.getLogger(__name__)
MADE_BY = "1"  # grows when how an engine speaks, or how abbreviations are said, changes


Recorded = Callable[[str | None, str, str], Sounded | None]
"""What a territory recorded itself under a name in a language."""


class Speaking:
    """``bot.channels.Aloud``: words in a language -> a voice note (Ogg Opus), None where no voice here speaks it."""

    def __init__(self, sounds: Sounds, voice: Voice, recorded: Recorded = lambda *_: None) -> None:
        self._sounds, self._voice, self._recorded = sounds, voice, recorded

    async def __call__(self, said: str, language: str) -> bytes | None:
        try:
            return await self._spoken(said, language)
        except SpeechError as error:
            log.warning("speech: %s", error)
            return None

    async def read(self, reply: Reply) -> Sounded | None:
        """A reply to be heard: the territory's own recording, else a voice. Raises SpeechError."""
        name = recording_of(reply)
        if name and (own := await asyncio.to_thread(self._recorded, reply.territory, name, reply.language)):
            return own
        said = read_aloud(reply, wording(reply.language))
        sound = await self._spoken(said, reply.language) if said else None
        return (OGG, sound) if sound else None

    async def _spoken(self, said: str, language: str) -> bytes | None:
        what = f"{MADE_BY} {self._voice.speakers} {language} {said}"
        if sound := await asyncio.to_thread(self._sounds.get, what):
            return sound
        try:
            made = await self._voice.speak(said, language)
        except NoEngineError:
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
