"""SVOX Pico, from the package ttspico where it was built (it asks for a C compiler): few languages, a kinder voice."""

from __future__ import annotations

import re
import threading
from typing import Any

import numpy as np

from bot.speech.sounds import Sound
from bot.speech.voices import PICO

RATE = 16_000
# Tags are orders to it: one makes it loud, another writes a file. What is no text ends the whole process.
NO_TEXT = re.compile(r"[<>\x00-\x1f\x7f-\x9f\ud800-\udfff]")
LOUD = 50  # of 100: full, its peaks are cut off, and it is far louder than the other voices


class Pico:
    """``bot.speech.speaking.Speaker``. Raises ImportError where ttspico is not installed, or not for this Python."""

    name = "pico"

    def __init__(self) -> None:
        import ttspico  # optional

        self._package = ttspico
        self._kept: dict[str, Any] = {}
        self._turn = threading.Lock()

    @property
    def voices(self) -> frozenset[str]:
        return frozenset(PICO)

    def speak(self, text: str, language: str) -> Sound:
        """Raises KeyError for a language without a voice."""
        words = NO_TEXT.sub(" ", text).strip()
        with self._turn:
            voice = self._voice(PICO[language])
            said = voice.speak(words) if words else None
        return Sound(np.frombuffer(said or b"", np.int16), RATE)

    def _voice(self, named: str) -> Any:
        if named not in self._kept:
            voice = self._package.TtsEngine(named)
            voice.volume = LOUD
            self._kept[named] = voice
        return self._kept[named]
