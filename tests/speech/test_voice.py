"""Speech in its own process: it lists its engines, speaks, hears, refuses in codes, and starts again after it died."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.speech.errors import NoEngineError, SoundError
from bot.speech.espeak import VOICES
from bot.speech.hearing import Transcript
from bot.speech.sounds import opus
from bot.speech.voice import SpeechError, Voice
from tests.speech.engines_here import JOE, voice_in
from tests.speech.prompts import prompt
from tests.speech.test_whisper import WEIGHTS

PHRASES = ["oui", "je ne sais pas", "vous êtes maintenant en ligne", "plus d'un an"]


@pytest.fixture
async def voice(tmp_path: Path) -> AsyncIterator[Voice]:
    async with Voice(tmp_path) as made:
        yield made


async def test_what_it_speaks_it_hears(voice: Voice) -> None:
    note = await voice.speak("Je ne sais pas", "fr")
    assert note.startswith(b"OggS")
    assert await voice.hear(note, "fr", PHRASES) == Transcript("je ne sais pas", free=False)


@pytest.mark.parametrize(
    "odd", ["Oui\x00non", "Oui \ud800", "<genfile file='note.wav'>Oui</genfile>", "🙂", "", "oui " * 500]
)
async def test_no_text_ends_the_process(voice: Voice, odd: str) -> None:
    await voice.engines()
    before = voice.worker.pid
    assert (await voice.speak(odd, "fr")).startswith(b"OggS")
    assert voice.worker.pid == before and not list(Path.cwd().glob("note.wav"))


async def test_a_person_is_heard(voice: Voice) -> None:
    note = opus(prompt("fr", "agent-loginok"))
    assert (await voice.hear(note, "fr", PHRASES)).said == "vous êtes maintenant en ligne"


async def test_without_weights_it_says_what_to_install_for_free_speech(voice: Voice) -> None:
    found = await voice.engines()
    assert [one["name"] for one in found["hearing"]] == ["closed-choice"]
    assert found["missing"]["whisper"] == "aiguillage models install whisper-small"
    assert found["missing"]["piper"] == "aiguillage models install piper-fr_FR-siwis-medium"
    assert found["wrong"] == {}
    with pytest.raises(NoEngineError, match="whisper-small"):
        await voice.hear(opus(prompt("fr", "agent-loginok")), "fr", free=True)


async def test_weights_in_the_folder_of_models_are_used(tmp_path: Path) -> None:
    (tmp_path / "whisper-tiny").symlink_to(WEIGHTS, target_is_directory=True)
    async with Voice(tmp_path) as voice:
        heard = await voice.hear(opus(prompt("en", "agent-loginok")), "en", free=True)
    assert heard.free
    assert heard.said is not None and "logged in" in heard.said.lower()


async def test_a_folder_of_weights_that_is_named_is_used_instead(tmp_path: Path) -> None:
    (tmp_path / "whisper-small").mkdir()
    (tmp_path / "whisper-small" / "model.bin").write_bytes(b"not whole")
    async with Voice(tmp_path, whisper=WEIGHTS) as voice:
        found = await voice.engines()
    assert [one["languages"] for one in found["hearing"] if one["free"]] == [["en"]]
    assert found["wrong"] == {}


async def test_a_folder_of_models_beside_the_caller_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice_in(tmp_path / "models" / "piper-en_US-joe-medium")
    monkeypatch.chdir(tmp_path)
    async with Voice(Path("models")) as voice:
        assert (await voice.engines())["speaking"][0] == {"name": "piper", "languages": ["en"]}


async def test_a_voice_whose_model_is_broken_leaves_the_word_to_the_next(tmp_path: Path) -> None:
    folder = voice_in(tmp_path / "piper-en_US-joe-medium")
    (folder / JOE.name).unlink()
    (folder / JOE.name).write_bytes(b"no model at all")
    async with Voice(tmp_path) as voice:
        assert (await voice.speak("Thank you", "en")).startswith(b"OggS")
        tried = await voice.tried()
    assert tried["speaking"][0]["name"] == "piper"
    assert tried["speaking"][0]["languages"] == []
    assert set(tried["speaking"][0]["failed"]) == {"en"}


def test_another_voice_makes_sounds_anew(tmp_path: Path) -> None:
    before = Voice(tmp_path).speakers
    voice_in(tmp_path / "piper-en_US-joe-medium")
    assert Voice(tmp_path).speakers != before
    assert Voice(tmp_path).speakers == Voice(tmp_path).speakers


async def test_each_engine_is_tried_in_every_language(tmp_path: Path) -> None:
    (tmp_path / "whisper-tiny.en").symlink_to(WEIGHTS, target_is_directory=True)
    async with Voice(tmp_path) as voice:
        tried = await voice.tried()
    engines = {one["name"]: one for one in (*tried["speaking"], *tried["hearing"])}
    assert not any(one["failed"] for one in engines.values())
    assert set(engines["espeak"]["languages"]) == set(VOICES)
    assert engines["closed-choice"]["languages"] == ["en", "fr"]
    assert engines["whisper"]["languages"] == ["en"]
    assert all(one["seconds"] > 0 for one in engines.values())


async def test_weights_that_are_damaged_are_told_and_french_is_still_heard(tmp_path: Path) -> None:
    folder = tmp_path / "whisper-small"
    folder.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes(b"{}")
    async with Voice(tmp_path) as voice:
        tried = await voice.tried()
        heard = await voice.hear(opus(prompt("fr", "agent-loginok")), "fr", PHRASES)
    assert heard == Transcript("vous êtes maintenant en ligne", free=False)
    broken = next(one for one in tried["hearing"] if one["name"] == "whisper")
    assert (broken["languages"], set(broken["failed"])) == ([], {"*"})


async def test_a_language_without_a_voice_and_a_broken_sound_are_told(voice: Voice) -> None:
    with pytest.raises(NoEngineError, match="recording add"):
        await voice.speak("سلام", "ps")
    with pytest.raises(SoundError) as refused:
        await voice.hear(b"OggS and nothing more", "fr", PHRASES)
    assert refused.value.code == "unreadable"


async def test_a_killed_process_is_told_and_the_next_request_is_served(voice: Voice) -> None:
    await voice.speak("Oui", "fr")
    assert voice.worker.pid is not None
    os.kill(voice.worker.pid, signal.SIGSTOP)
    voice.worker.seconds = 0.5
    with pytest.raises(SpeechError, match="too slow"):
        await voice.speak("Non", "fr")
    voice.worker.seconds = 60
    assert await voice.speak("Non", "fr")
