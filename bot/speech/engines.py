"""Which engines there are here, and which of them serves a language: looked for once, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from bot.speech.closed_choice import ClosedChoice
from bot.speech.errors import REMEDIES, NoEngineError
from bot.speech.espeak import EspeakNG
from bot.speech.hearing import Transcriber
from bot.speech.pico import Pico
from bot.speech.piper import Piper
from bot.speech.piper_files import piper_voices
from bot.speech.speaking import Speaker
from bot.speech.whisper import Whisper

WEIGHTS = "whisper-*/model.bin"


@dataclass(frozen=True)
class Engines:
    """``speakers`` and ``transcribers``, the best first. ``missing``: what could be installed and how, for the doctor.
    ``wrong``: the models that cannot be used, by where they lie, and what is wrong with them."""

    speakers: tuple[Speaker, ...]
    transcribers: tuple[Transcriber, ...]
    missing: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)

    def speaker(self, language: str) -> Speaker:
        """Raises NoEngineError."""
        return next(self.speaking(language))

    def speaking(self, language: str) -> Iterator[Speaker]:
        """Those that speak a language, the best first. Raises NoEngineError where there is none."""
        found = [speaker for speaker in self.speakers if language in speaker.voices]
        if not found:
            raise NoEngineError(language, "recorded sound is what serves it: aiguillage recording add")
        return iter(found)

    def transcriber(self, language: str, *, free: bool) -> Transcriber:
        """One that writes down whatever is said (``free``), else one that tells which phrase it was.

        Raises NoEngineError.
        """
        for transcriber in self.transcribers:
            if language in known_languages(transcriber) and (transcriber.free or not free):
                return transcriber
        raise NoEngineError(language, REMEDIES["whisper"])


def known_languages(transcriber: Transcriber) -> frozenset[str]:
    """None where its model cannot be loaded: another engine may still hear."""
    try:
        return transcriber.languages
    except Exception:  # whatever a broken model raises
        return frozenset()


def find_engines(folder: Path, whisper: Path | None = None) -> Engines:
    """What is installed here. ``folder``: of models, where weights of whisper lie in folders ``whisper-…`` and voices
    of Piper in ``piper-…``. ``whisper``: a folder of weights that is used instead of those."""
    espeak = EspeakNG()
    missing: dict[str, str] = {}
    voices, wrong = piper_voices(folder)
    speakers: list[Speaker] = [Piper(voices)] if voices else []
    if not voices:
        missing["piper"] = REMEDIES["piper"]
    try:
        speakers.append(Pico())
    except ImportError:
        missing["pico"] = REMEDIES["pico"]
    free, lacking = _weights(folder, whisper)
    if find_spec("faster_whisper") is None:
        free, missing["whisper"] = [], REMEDIES["faster_whisper"]
    elif not free:
        missing["whisper"] = REMEDIES["whisper"]
    return Engines((*speakers, espeak), (*free, ClosedChoice(espeak)), missing, {**wrong, **lacking})


def _weights(folder: Path, whisper: Path | None) -> tuple[list[Whisper], dict[str, str]]:
    """The weights that are there, the largest first, and what is wrong with those that lack files."""
    found: list[Whisper] = []
    wrong: dict[str, str] = {}
    there = sorted(folder.glob(WEIGHTS), key=lambda file: (-file.stat().st_size, file))
    for place in [whisper] if whisper else [file.parent for file in there]:
        try:
            found.append(Whisper(place))
        except FileNotFoundError as error:
            wrong[str(place) if whisper else place.name] = str(error.strerror)
    return found, wrong
