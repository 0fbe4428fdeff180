"""faster-whisper over a folder of weights: writes down whatever is said, in the languages that the weights know.

Optional: the package and the weights are brought by `aiguillage models install` (see the README).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bot.speech.model_kinds import WHISPER
from bot.speech.sounds import RATE, Sound

SPEECH = 0.6  # above this chance of no speech in every part, nothing was said
# The weights have their codes, yet write down mostly other words than were said: their sound goes on as it is.
MISHEARD = frozenset({"am", "bn", "ha", "hy", "ka", "ln", "ps", "so", "sq", "sw", "yo"})
BEAM = 5


class Whisper:
    """``bot.speech.hearing.Transcriber``. Raises FileNotFoundError for a folder without weights."""

    name = "whisper"
    free = True

    def __init__(self, folder: Path) -> None:
        lacking = WHISPER.lacking(file.name for file in folder.glob("*"))
        if lacking:
            raise FileNotFoundError(2, f"no {', '.join(lacking)}", str(folder))
        self.folder = folder

    @cached_property
    def languages(self) -> frozenset[str]:
        """English alone where the weights are. Loads them, and raises what is wrong with them."""
        return frozenset(self._model.supported_languages) - MISHEARD

    def hear(self, sound: Sound, language: str, phrases: Sequence[str] = ()) -> str | None:
        """``phrases`` are words to expect. Raises ValueError for a language that the weights do not know."""
        if language not in self.languages:
            raise ValueError(f"these weights know {', '.join(sorted(self.languages))}, not {language}")
        if sound.rate != RATE:
            raise ValueError(f"whisper hears at {RATE} Hz, not {sound.rate}")
        if sound.silent:
            return None
        segments, _ = self._model.transcribe(
            sound.samples.astype(np.float32) / 32768,
            language=language,
            beam_size=BEAM,
            condition_on_previous_text=False,
            hotwords=", ".join(phrases) or None,
            vad_filter=False,
        )
        said = [part.text.strip() for part in segments if part.no_speech_prob < SPEECH]
        return " ".join(said).strip() or None

    @cached_property
    def _model(self) -> Any:
        from faster_whisper import WhisperModel  # heavy: only where weights are

        return WhisperModel(str(self.folder), device="cpu", compute_type="int8", local_files_only=True)
