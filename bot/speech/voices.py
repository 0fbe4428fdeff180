"""The languages that can be spoken: on every installation those of eSpeak, here also those of the voices added."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from bot.speech.piper_files import piper_voices

# Our language codes -> its voices; those that it does not have (ps, so, ti, bm, wo…) are in no table.
VOICES = {
    "fr": "fr", "ar": "ar", "tr": "tr", "pt": "pt", "ro": "ro", "en": "en", "es": "es", "ru": "ru", "uk": "uk",
    "fa": "fa", "fa-AF": "fa", "bn": "bn", "sq": "sq", "it": "it", "pl": "pl", "ka": "ka", "hy": "hy", "ta": "ta",
    "ur": "ur", "ku": "ku", "am": "am", "vi": "vi", "zh": "cmn", "sw": "sw",
}  # fmt: skip
PICO = {"fr": "fr-FR", "en": "en-GB", "de": "de-DE", "es": "es-ES", "it": "it-IT"}  # ours -> its own


def has_voice(language: str) -> bool:
    """Whether a voice speaks a language, wherever the program runs."""
    return language in VOICES


def voices_here(models: Path) -> frozenset[str]:
    """The languages that some voice of this installation speaks. ``models``: the folder of models."""
    pico = PICO if find_spec("ttspico") else ()
    return frozenset((*VOICES, *pico, *piper_voices(models)[0]))
