"""The protocol of an engine that hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # it brings the codecs, which only the engines' process needs
    from bot.speech.sounds import Sound


@dataclass(frozen=True, slots=True)
class Transcript:
    """``said``: None where nothing was understood. ``free``: as it was said, not one of given phrases.

    ``other``: the code of the language that it was in, where that is surely another than the expected one.
    """

    said: str | None
    free: bool
    other: str | None = None


class Transcriber(Protocol):
    """``name`` is shown by the doctor; ``languages``: the codes of those that it knows. ``free``: whether it writes
    down whatever is said, or only tells which of given phrases it was."""

    name: str
    free: bool

    @property
    def languages(self) -> frozenset[str]: ...

    def hear(self, sound: Sound, language: str, phrases: Sequence[str] = ()) -> str | None:
        """What was said; of ``phrases`` the one that it was, where the engine is not free. None: nothing understood.

        A guess among phrases is never sure, also when something else was said: ask for a confirmation.
        """
