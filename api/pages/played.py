"""What a household reads or said as sound that every browser plays."""

from __future__ import annotations

from bot.channels import Aloud
from bot.speech.sounded import MP3, Sounded


async def played(aloud: Aloud, words: str, language: str) -> Sounded | None:
    """Read by a voice; None where none speaks the language, or the sound could not be made."""
    sound = await aloud(words, language)
    made = await aloud.mp3(sound) if sound else None
    return (MP3, made) if made else None
