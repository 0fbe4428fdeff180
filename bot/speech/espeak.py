"""eSpeak NG, from the wheel espeakng-loader: small, fast, in many languages, with the voice of a machine.

The library keeps its state in globals: one engine a process, one text at a time.
"""

from __future__ import annotations

import ctypes
import threading
from functools import cache
from typing import Any

import espeakng_loader
import numpy as np

from bot.speech.sounds import Sound
from bot.speech.voices import VOICES

VOWELLED = frozenset({"ar"})  # written without the vowels that a voice needs
WORDS_A_MINUTE, PACE = 150, 1
UTF8, SYNCHRONOUS = 1, 2
_turn = threading.Lock()


class EspeakNG:
    """``bot.speech.speaking.Speaker``."""

    name = "espeak"

    @property
    def voices(self) -> frozenset[str]:
        return frozenset(VOICES)

    def speak(self, text: str, language: str) -> Sound:
        """Raises KeyError for a language without a voice."""
        said = (_vowelled(text) if language in VOWELLED else text).encode()
        with _turn:
            heard = self._library.heard
            heard.clear()
            self._library.choose(VOICES[language])
            self._library.synthesize(said)
            samples = np.concatenate([np.zeros(0, np.int16), *heard])
        return Sound(samples, self._library.rate)

    def phonemes(self, text: str, language: str) -> str:
        """The text in the International Phonetic Alphabet."""
        with _turn:
            self._library.choose(VOICES[language])
            return self._library.phonemes(text)

    @property
    def _library(self) -> _Library:
        return _library()


@cache
def _library() -> _Library:
    return _Library()


class _Library:
    """The C interface."""

    def __init__(self) -> None:
        self._c = ctypes.CDLL(espeakng_loader.get_library_path())
        self.rate = self._c.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
        if self.rate <= 0:
            raise OSError("espeak does not start: install the package espeakng-loader anew")
        self._c.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.heard: list[np.ndarray] = []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = kind(self._take)
        self._c.espeak_SetSynthCallback(self._callback)
        self._c.espeak_SetParameter(PACE, WORDS_A_MINUTE, 0)

    def _take(self, samples: object, count: int, _events: object) -> int:
        if samples and count > 0:
            self.heard.append(np.ctypeslib.as_array(samples, (count,)).copy())  # type: ignore[arg-type]
        return 0

    def choose(self, voice: str) -> None:
        if self._c.espeak_SetVoiceByName(voice.encode()) != 0:
            raise OSError(f"espeak has no voice {voice!r}: install the package espeakng-loader anew")

    def synthesize(self, text: bytes) -> None:
        self._c.espeak_Synth(text, len(text) + 1, 0, 0, 0, UTF8, None, None)
        self._c.espeak_Synchronize()

    def phonemes(self, text: str) -> str:
        rest = ctypes.c_char_p(text.encode())
        found = []
        while rest.value:
            found.append((self._c.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, 2) or b"").decode())
        return " ".join(found)


def _vowelled(text: str) -> str:
    return str(_diacritizer().diacritize(text))


@cache
def _diacritizer() -> Any:
    from piper.tashkeel import TashkeelDiacritizer  # loads a model: only where it is needed

    return TashkeelDiacritizer()
