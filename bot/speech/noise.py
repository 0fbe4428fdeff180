"""How far what is said stands above what else is heard: a measure that knows nothing of languages.

Of 356 recorded prompts the least is 37 dB (half: above 49), of eSpeak's single words 26. Steady noise alone measures 7,
30 prompts in white noise at 15, 10 and 5 dB: 25, 21 and 16, and closed choice then knows 120, 45 and 11 of 172. Others'
voices measure 19 to 25 by themselves: they are speech, and this does not tell them from a clear note.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from bot.speech.errors import SoundError
from bot.speech.hearing import Transcriber
from bot.speech.sounds import Sound

WINDOW, STEP = 0.032, 0.010  # seconds
LOWEST, HIGHEST, BANDS, BEST = 100, 7000, 25, 12  # Hz; bands as wide as the ear's, and those that tell most
LOUD, QUIET = 95, 10  # of a hundred moments
FLOOR = 1e-9
NOISE, NOISY = 12.0, 22.0  # dB: hardly anything else is there; noise enough that it explains a failure


def heard(engine: Transcriber, sound: Sound, language: str, phrases: Sequence[str]) -> str | None:
    """What the engine hears in it. Raises SoundError where there is little else than noise, or where it understood
    nothing and the noise is why."""
    above = above_noise(sound)
    if above < NOISE:
        raise SoundError("noisy")
    said = engine.hear(sound, language, phrases)
    if said is None and above < NOISY:
        raise SoundError("noisy")
    return said


def above_noise(sound: Sound) -> float:
    """How far, in dB, the loud moments of a band stand above its quiet ones, in the twelve bands where that is most.

    Speech leaves every band again and again, steady noise none. Of speech and noise alone it says nothing else: a noise
    that is itself speech is none to it.
    """
    samples = sound.samples.astype(np.float64) / 32768
    wide, step = int(WINDOW * sound.rate), int(STEP * sound.rate)
    samples = np.pad(samples, (0, max(0, wide * 4 - len(samples))))
    moments = np.lib.stride_tricks.sliding_window_view(samples, wide)[::step] * np.hanning(wide)
    power = np.abs(np.fft.rfft(moments, axis=1)) ** 2
    # Not « @ »: its threads wait for each other, and on a busy machine that takes longer than the search for a phrase.
    bands = np.einsum("mb,kb->mk", power, _bands(wide, sound.rate))
    loud = 10 * np.log10(bands / wide + FLOOR)
    spread = np.percentile(loud, LOUD, axis=0) - np.percentile(loud, QUIET, axis=0)
    return float(np.sort(spread)[-BEST:].mean())


@cache
def _bands(wide: int, rate: int) -> np.ndarray:
    """Triangles over the bins of a spectrum, evenly spread on the scale of mels."""
    mels = np.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    bins = np.fft.rfftfreq(wide, 1 / rate)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.clip(np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)), 0, None)


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))
