"""What can go wrong with sound, by code: the words are chosen where they are shown."""

from __future__ import annotations


class SoundError(ValueError):
    """Sound that no engine is given. ``code``: empty, too_large, too_long, unreadable or silent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoEngineError(LookupError):
    """No engine here speaks or hears this language. ``language``: its code; ``remedy``: what would serve it."""

    def __init__(self, language: str, remedy: str) -> None:
        super().__init__(f"{language}: {remedy}")
        self.language, self.remedy = language, remedy
