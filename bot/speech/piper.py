"""Piper: neural voices from files."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np

from bot.speech.piper_files import PiperFiles
from bot.speech.sounds import Sound

PAUSE = 0.25  # seconds between two sentences


class Piper:
    """``bot.speech.speaking.Speaker`` over voices by language."""

    name = "piper"

    def __init__(self, voices: Mapping[str, PiperFiles]) -> None:
        self._voices = voices
        self._turn = threading.Lock()

    @property
    def voices(self) -> frozenset[str]:
        return frozenset(self._voices)

    def speak(self, text: str, language: str) -> Sound:
        """Raises KeyError for a language without a voice."""
        files = self._voices[language]
        with self._turn:
            sentences = [part.audio_int16_array for part in files.voice.synthesize(text)]
        pause = np.zeros(int(PAUSE * files.rate), np.int16)
        parts = [piece for sentence in sentences for piece in (sentence, pause)]
        return Sound(np.concatenate([np.zeros(0, np.int16), *parts[:-1]]), files.rate)
