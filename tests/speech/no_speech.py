"""Sounds in which nobody speaks: what a phone records by mistake, in a car, beside a fan or a fridge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from bot.speech.sounds import RATE, Sound

LENGTHS = (1, 2, 4, 8)  # seconds
Waves = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def white(draw: np.random.Generator, at: np.ndarray) -> np.ndarray:
    return draw.standard_normal(len(at))


def pink(draw: np.random.Generator, at: np.ndarray) -> np.ndarray:
    spectrum = np.fft.rfft(draw.standard_normal(len(at)))
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), len(at))


def brown(draw: np.random.Generator, at: np.ndarray) -> np.ndarray:
    wave = np.cumsum(draw.standard_normal(len(at)))
    return wave - np.linspace(wave[0], wave[-1], len(wave))


def clicks(draw: np.random.Generator, at: np.ndarray) -> np.ndarray:
    wave = draw.standard_normal(len(at)) / 1000
    for place in draw.integers(0, len(at) - 80, len(at) * 4 // RATE):
        wave[place : place + 80] += np.exp(-np.arange(80) / 15)
    return wave


def hum(draw: np.random.Generator, at: np.ndarray) -> np.ndarray:
    return sum(np.sin(2 * np.pi * 50 * k * at) / k for k in (1, 2, 3)) + draw.standard_normal(len(at)) / 200


def beeps(draw: np.random.Generator, at: np.ndarray) -> np.ndarray:
    return np.sin(2 * np.pi * 440 * at) * (at % 1 < 0.5) + draw.standard_normal(len(at)) / 500


NOISES: Mapping[str, Waves] = {
    "white noise": white, "pink noise": pink, "brown noise": brown, "clicks": clicks, "hum of 50 Hz": hum,
    "beeps": beeps,
}  # fmt: skip


def no_speech(waves: Waves) -> Iterator[tuple[Sound, str]]:
    """Each length, from faint to loud; nothing is said in them."""
    draw = np.random.default_rng(0)
    for seconds in LENGTHS:
        for loud in (0.01, 0.05, 0.2):
            wave = waves(draw, np.arange(seconds * RATE) / RATE)
            samples = wave / wave.std() * loud * 32_767
            yield Sound(np.clip(samples, -32_768, 32_767).astype(np.int16)), ""
