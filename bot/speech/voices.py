"""The languages that can be spoken on every installation: those of eSpeak."""

from __future__ import annotations

# Our language codes -> its voices; those that it does not have (ps, so, ti, bm, wo…) are in no table.
VOICES = {
    "fr": "fr", "ar": "ar", "tr": "tr", "pt": "pt", "ro": "ro", "en": "en", "es": "es", "ru": "ru", "uk": "uk",
    "fa": "fa", "fa-AF": "fa", "bn": "bn", "sq": "sq", "it": "it", "pl": "pl", "ka": "ka", "hy": "hy", "ta": "ta",
    "ur": "ur", "ku": "ku", "am": "am", "vi": "vi", "zh": "cmn", "sw": "sw",
}  # fmt: skip


def has_voice(language: str) -> bool:
    """Whether a voice speaks a language, wherever the program runs."""
    return language in VOICES
