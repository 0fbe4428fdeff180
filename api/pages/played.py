"""A message to a household as sound that every browser plays."""

from __future__ import annotations

from bot.channels import Aloud
from bot.followup.content import Shown
from bot.followup.hearing import said
from bot.speech.sounded import MP3, Sounded


async def played(aloud: Aloud, shown: Shown) -> Sounded | None:
    """Read by a voice; None where none speaks its language, or the sound could not be made."""
    sound = await aloud(said(shown), shown.language)
    made = await aloud.mp3(sound) if sound else None
    return (MP3, made) if made else None
