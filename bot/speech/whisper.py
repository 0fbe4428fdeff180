"""faster-whisper over a folder of weights: writes down whatever is said, in the languages that the weights know.

Optional: the package and the weights are brought by `aiguillage models install` (see the README).

The weights always write something, and well: of French the English ones make « Thank you for watching, see you in the
next video ». What they make of no speech or of another language is known by the figures that they give with it, which
`python -m benchmarks.whisper_refusals` measures (docs/benchmarks.md), not by a list of such sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bot.speech.errors import OtherLanguageError
from bot.speech.model_kinds import WHISPER
from bot.speech.sounds import RATE, Sound, with_quiet_around

NO_SPEECH = 0.6  # the chance of no speech; measured: people in noise as loud 0.54 at most, no speech 0.84 at least
LEAST_SURE = -0.8  # mean log probability of the words
MOST_REPEATED = 2.4  # how far a text can be compressed: above, it says the same again and again
# Those that the weights' maker lists as under 50 % of words wrong, for the largest weights (OpenAI's guide to speech to
# text), but Armenian and Swahili: nothing at hand tells what the small weights that are installed here make of them.
# Speech in any other language goes on as sound, though the weights have a code for it.
WELL_HEARD = (
    "af ar az be bg bs ca cs cy da de el en es et fa fi fr gl he hi hr hu id is it ja kk kn ko lt lv mi mk mr ms ne nl "
    "no pl pt ro ru sk sl sr sv ta th tl tr uk ur vi zh"
)
BEAM = 5
SHORT, PAUSE = 1.0, 0.3  # seconds: a lone « stop » that fills its note is heard 9 times of 15, so with a pause 15
SURE_LANGUAGE = 0.8  # the chance that the weights give a language


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
        """Those that the weights know well, English alone of some. Loads them, and raises what is wrong with them."""
        return frozenset(WELL_HEARD.split()).intersection(self._model.supported_languages)

    def hear(self, sound: Sound, language: str, phrases: Sequence[str] = ()) -> str | None:
        """``phrases`` are words to expect. None also where a part of it is not sure, or the same again and again: the
        rest could say something else. Raises ValueError for a language that the weights do not know, and
        OtherLanguageError where nothing was understood and another language was surely spoken."""
        if language not in self.languages:
            raise ValueError(f"these weights know {', '.join(sorted(self.languages))}, not {language}")
        if sound.rate != RATE:
            raise ValueError(f"whisper hears at {RATE} Hz, not {sound.rate}")
        if sound.silent:
            return None
        heard = with_quiet_around(sound, PAUSE) if sound.seconds < SHORT else sound
        said = [part for part in self.parts(heard, language, phrases) if part.no_speech_prob < NO_SPEECH]
        if not all(map(sure, said)):
            self._doubt(sound, language)
            return None
        return " ".join(part.text.strip() for part in said).strip() or None

    def parts(self, sound: Sound, language: str, phrases: Sequence[str] = ()) -> list[Any]:
        """What the weights write, sure or not, as faster-whisper's segments."""
        segments, _ = self._model.transcribe(
            sound.samples.astype(np.float32) / 32768,
            language=language,
            beam_size=BEAM,
            temperature=0.0,  # above it words are drawn by lot until some seem sure
            condition_on_previous_text=False,
            hotwords=", ".join(phrases) or None,
            vad_filter=False,
        )
        return list(segments)

    def _doubt(self, sound: Sound, language: str) -> None:
        """Only what was not understood is worth a second look: it takes as long as the first."""
        if not self._model.model.is_multilingual or sound.seconds < SHORT:
            return
        found, chance, _ = self._model.detect_language(sound.samples.astype(np.float32) / 32768)
        if found != language and chance >= SURE_LANGUAGE:
            raise OtherLanguageError(found)

    @cached_property
    def _model(self) -> Any:
        from faster_whisper import WhisperModel  # heavy: only where weights are

        return WhisperModel(str(self.folder), device="cpu", compute_type="int8", local_files_only=True)


def sure(part: Any) -> bool:
    """Whether a part is neither a guess nor the same again and again."""
    return part.avg_logprob >= LEAST_SURE and part.compression_ratio <= MOST_REPEATED
