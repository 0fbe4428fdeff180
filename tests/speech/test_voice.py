"""Speech in its own process: it lists its engines, speaks, hears, refuses in codes, and starts again after it died."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.speech.errors import NoEngineError, SoundError
from bot.speech.hearing import Transcript
from bot.speech.sounds import opus
from bot.speech.voice import SpeechError, Voice
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


async def test_a_person_is_heard(voice: Voice) -> None:
    note = opus(prompt("fr", "agent-loginok"))
    assert (await voice.hear(note, "fr", PHRASES)).said == "vous êtes maintenant en ligne"


async def test_without_weights_it_says_what_to_install_for_free_speech(voice: Voice) -> None:
    found = await voice.engines()
    assert [one["name"] for one in found["hearing"]] == ["closed-choice"]
    assert found["missing"] == {"whisper": "aiguillage models install whisper-small"}
    with pytest.raises(NoEngineError, match="whisper-small"):
        await voice.hear(opus(prompt("fr", "agent-loginok")), "fr", free=True)


async def test_weights_in_the_folder_of_models_are_used(tmp_path: Path) -> None:
    (tmp_path / "whisper-tiny").symlink_to(WEIGHTS, target_is_directory=True)
    async with Voice(tmp_path) as voice:
        heard = await voice.hear(opus(prompt("en", "agent-loginok")), "en", free=True)
    assert heard.free
    assert heard.said is not None and "logged in" in heard.said.lower()


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
