"""Voices of Piper as they lie in the folder of models: what is found, for which language, and what is no voice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.speech.piper import PAUSE, Piper
from bot.speech.piper_files import PiperFiles, VoiceFilesError, piper_voices
from tests.speech.engines_here import JOE, voice_in


def described(folder: Path, name: str, **about: object) -> Path:
    """Files that are named and described as a voice; there is no model in them."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.onnx"
    model.write_bytes(b"")
    words = {"audio": {"sample_rate": 22_050}, "espeak": {"voice": "fr"}} | about
    model.with_name(f"{name}.onnx.json").write_text(json.dumps(words), "utf-8")
    return model


def test_voices_are_found_in_folders_of_their_own_and_in_that_of_all(tmp_path: Path) -> None:
    voice_in(tmp_path / "piper-en_US-joe-medium")
    described(tmp_path / "piper", "fr_FR-siwis-medium", language={"code": "fr_FR"})
    described(tmp_path / "piper-old", "ar_JO-kareem-low", espeak={"voice": "ar"})
    found, wrong = piper_voices(tmp_path)
    assert {language: files.model.name for language, files in found.items()} == {
        "en": JOE.name, "fr": "fr_FR-siwis-medium.onnx", "ar": "ar_JO-kareem-low.onnx",
    }  # fmt: skip
    assert wrong == {}


def test_of_two_voices_of_a_language_the_first_by_name_speaks(tmp_path: Path) -> None:
    for name in ("fr_FR-upmc-medium", "fr_FR-siwis-medium"):
        described(tmp_path / "piper", name)
    assert piper_voices(tmp_path)[0]["fr"].model.stem == "fr_FR-siwis-medium"


def test_a_persian_voice_also_speaks_dari(tmp_path: Path) -> None:
    described(tmp_path / "piper", "fa_IR-amir-medium", language={"code": "fa_IR"})
    assert set(piper_voices(tmp_path)[0]) == {"fa", "fa-AF"}


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"audio": {}}, "KeyError"),
        ({"audio": None}, "TypeError"),
        ({"phoneme_type": "pinyin"}, "phoneme_type pinyin"),
    ],
)
def test_what_is_no_voice_is_told_and_hides_no_other(tmp_path: Path, about: dict, told: str) -> None:
    described(tmp_path / "piper-broken", "zh", **about)
    described(tmp_path / "piper-fr", "fr")
    found, wrong = piper_voices(tmp_path)
    assert set(found) == {"fr"}
    assert wrong == {"piper-broken": f"zh.onnx.json: {told}"}


def test_a_model_without_its_description_is_no_voice(tmp_path: Path) -> None:
    (tmp_path / "fr.onnx").write_bytes(b"")
    with pytest.raises(VoiceFilesError, match=r"fr\.onnx\.json: FileNotFoundError"):
        PiperFiles(tmp_path / "fr.onnx")


def test_a_pause_stands_between_two_sentences() -> None:
    joe = Piper({"en": PiperFiles(JOE)})
    sound = joe.speak("First. Second.", "en")
    quiet = abs(sound.samples) < 1
    longest = max(len(run) for run in "".join("." if one else " " for one in quiet).split())
    assert longest >= int(PAUSE * sound.rate)
    assert not quiet[-int(0.1 * sound.rate) :].all()
