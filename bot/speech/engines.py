"""Which engines there are here, and which of them serves a language: looked for once, in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bot.speech.closed_choice import ClosedChoice
from bot.speech.errors import NoEngineError
from bot.speech.espeak import EspeakNG
from bot.speech.hearing import Transcriber
from bot.speech.speaking import Speaker
from bot.speech.whisper import Whisper

WHISPER = "whisper-*"


@dataclass(frozen=True)
class Engines:
    """``speakers`` and ``transcribers``, the best first. ``missing``: name -> what to install, for the doctor."""

    speakers: tuple[Speaker, ...]
    transcribers: tuple[Transcriber, ...]
    missing: Mapping[str, str]

    def speaker(self, language: str) -> Speaker:
        """Raises NoEngineError."""
        for speaker in self.speakers:
            if language in speaker.voices:
                return speaker
        raise NoEngineError(language, "recorded sound is what serves it: aiguillage recording add")

    def transcriber(self, language: str, *, free: bool) -> Transcriber:
        """One that writes down whatever is said (``free``), else one that tells which phrase it was.

        Raises NoEngineError.
        """
        for transcriber in self.transcribers:
            if language in transcriber.languages and (transcriber.free or not free):
                return transcriber
        raise NoEngineError(language, "aiguillage models install whisper-small")


def find_engines(folder: Path) -> Engines:
    """What is installed here. ``folder``: of models, where weights of whisper lie in folders ``whisper-…``."""
    espeak = EspeakNG()
    missing: dict[str, str] = {}
    free: Sequence[Transcriber] = ()
    weights = sorted(path.parent for path in folder.glob(f"{WHISPER}/model.bin"))
    if find_spec("faster_whisper") is None:
        missing["whisper"] = "pip install 'aiguillage[whisper]'"
    elif not weights:
        missing["whisper"] = "aiguillage models install whisper-small"
    else:
        free = [Whisper(one) for one in weights]
    return Engines((espeak,), (*free, ClosedChoice(espeak)), missing)
