"""The protocol of an engine that speaks."""

from __future__ import annotations

from typing import Protocol

from bot.speech.sounds import Sound


class Speaker(Protocol):
    """``name`` is shown by the doctor; ``voices``: the language codes that it speaks."""

    name: str

    @property
    def voices(self) -> frozenset[str]: ...

    def speak(self, text: str, language: str) -> Sound:
        """The text, already as a person says it (see `bot.speech.spoken`), in one of ``voices``."""
