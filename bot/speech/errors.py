"""What can go wrong with sound, by code: the words are chosen where they are shown."""

from __future__ import annotations

from bot.messages import Text

REMEDIES = {  # the commands that bring what an engine needs
    "faster_whisper": "pip install 'aiguillage[whisper]'",
    "whisper": "aiguillage models install whisper-small",
    "piper": "aiguillage models install piper-fr_FR-siwis-medium",
    "pico": "pip install 'aiguillage[pico]'",
}


class SoundError(ValueError):
    """Sound of which nothing is made. ``code``: empty, too_large, too_long, unreadable, silent or noisy."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OtherLanguageError(ValueError):
    """What was said is surely in another language than the expected one. ``language``: its code."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.language = language


class NoEngineError(LookupError):
    """No engine here speaks or hears this language. ``language``: its code; ``remedy``: what would serve it."""

    def __init__(self, language: str, remedy: str) -> None:
        super().__init__(f"{language}: {remedy}")
        self.language, self.remedy = language, remedy


class ModelError(RuntimeError):
    """A model that cannot be installed or used. ``said``: the thing, its value and the remedy, as a catalog message."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(f"{message} {params}")
        self.said = Text(message, params)
