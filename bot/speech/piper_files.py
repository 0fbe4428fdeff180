"""The voices of Piper as they lie on the disk: a model (``.onnx``) and its description (``.onnx.json``) each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.speech.model_kinds import voice_models

SPEAKS_TOO = {"fa": ("fa-AF",)}  # a voice that also serves a neighbour
SPELLED = ("espeak", "text")  # other kinds of voices fetch dictionaries when they first speak


class VoiceFilesError(ValueError):
    """Files that are no Piper voice. The message says what is wrong with them."""


@dataclass
class PiperFiles:
    """A voice as it lies on the disk. Raises VoiceFilesError for files that are none."""

    model: Path

    def __post_init__(self) -> None:
        try:
            about: Any = json.loads(self.model.with_name(f"{self.model.name}.json").read_text("utf-8"))
            code = about.get("language", {}).get("code") or about["espeak"]["voice"]
            spelled, self.rate = about.get("phoneme_type", "espeak"), int(about["audio"]["sample_rate"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise VoiceFilesError(f"{self.model.name}.json: {type(error).__name__}") from None
        if spelled not in SPELLED:
            raise VoiceFilesError(f"{self.model.name}.json: phoneme_type {spelled}")
        self.language = re.split(r"[-_]", str(code).lower())[0]

    @cached_property
    def voice(self) -> Any:
        """The loaded voice. Some tenths of a second; whatever is wrong with the model raises here."""
        from piper import PiperVoice  # heavy: only where a voice speaks

        return PiperVoice.load(self.model)


def piper_voices(folder: Path) -> tuple[Mapping[str, PiperFiles], Mapping[str, str]]:
    """The voices of a folder of models by language, of several the first by name; and what is wrong with files
    that are none, by where they lie."""
    found: dict[str, PiperFiles] = {}
    wrong: dict[str, str] = {}
    for model in voice_models(folder):
        try:
            files = PiperFiles(model)
        except VoiceFilesError as error:
            wrong[str(model.parent.relative_to(folder))] = str(error)
            continue
        for language in (files.language, *SPEAKS_TOO.get(files.language, ())):
            found.setdefault(language, files)
    return found, wrong
