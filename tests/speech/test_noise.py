"""Noise is told from speech, on people's own prompts and on what is mixed with them."""

from __future__ import annotations

import numpy as np
import pytest

from bot.speech.closed_choice import ClosedChoice
from bot.speech.errors import SoundError
from bot.speech.espeak import EspeakNG
from bot.speech.noise import NOISE, NOISY, above_noise, heard
from bot.speech.sounds import RATE, Sound, opus, read, with_quiet_around
from tests.speech.prompts import prompt, prompts


def steady(kind: str, samples: int) -> np.ndarray:
    white = np.random.default_rng(1).standard_normal(samples)
    if kind == "white":
        return white
    spectrum = np.fft.rfft(white)
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), samples)


def mixed(sound: Sound, kind: str, ratio: float) -> Sound:
    """The sound with noise so many dB below its loud parts."""
    said = with_quiet_around(sound, 0.3).samples.astype(np.float64)
    energy = (said[: len(said) // 320 * 320].reshape(-1, 320) ** 2).mean(axis=1)
    noise = steady(kind, len(said))
    noise *= np.sqrt(energy[energy > energy.max() / 316].mean() / 10 ** (ratio / 10) / (noise**2).mean())
    both = said + noise
    return Sound((both * min(1, 30_000 / np.abs(both).max())).astype(np.int16))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_clear_prompt_is_noisy_and_none_is_near_it(language: str) -> None:
    assert min(above_noise(prompt(language, name)) for name in prompts(language)) > NOISY + 10


@pytest.mark.parametrize("word", ["oui", "non", "un bilan", "je ne sais pas"])
def test_a_single_word_that_fills_its_note_is_not_noisy(word: str) -> None:
    assert above_noise(read(opus(EspeakNG().speak(word, "fr")))) > NOISY


@pytest.mark.parametrize("kind", ["white", "pink"])
def test_the_louder_the_noise_the_less_stands_above_it(kind: str) -> None:
    names = list(prompts("fr"))[::20]
    at = {ratio: [above_noise(mixed(prompt("fr", name), kind, ratio)) for name in names] for ratio in (20, 10, 5, -5)}
    assert min(at[20]) > NOISY and max(at[5]) < NOISY and max(at[-5]) < NOISE
    assert np.median(at[20]) > np.median(at[10]) > np.median(at[5]) > np.median(at[-5])


def test_noise_alone_is_refused_before_an_engine_hears_it() -> None:
    for kind in ("white", "pink"):
        alone = Sound((steady(kind, 2 * RATE) * (2000 / steady(kind, 2 * RATE).std())).astype(np.int16))
        with pytest.raises(SoundError, match="noisy"):
            heard(ClosedChoice(), alone, "fr", ["oui", "non"])


def test_where_nothing_was_understood_noise_is_the_reason_only_where_there_is_some() -> None:
    engine, phrases = ClosedChoice(), list(dict.fromkeys(list(prompts("fr").values())[:30]))
    name = next(iter(prompts("fr")))
    with pytest.raises(SoundError, match="noisy"):
        heard(engine, mixed(prompt("fr", name), "white", 3), "fr", phrases)
    english = next(one for one in prompts("en") if engine.hear(prompt("en", one), "fr", phrases) is None)
    assert heard(engine, prompt("en", english), "fr", phrases) is None
