"""The terminal hears a voice note in a file, and writes what it shows as a sound: the real command and engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.ask import ask
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import opus, read
from bot.wording import wording

WORDS = wording("fr")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path / "data"))


def asked(*typed: str, audio: Path | None = None) -> str:
    options = ["--audio", str(audio)] if audio else []
    run = CliRunner().invoke(ask, options, input="\n".join([*typed, "q"]))
    assert run.exit_code == 0, run.output
    return run.output


def note(folder: Path, words: str) -> Path:
    file = folder / "note.ogg"
    file.write_bytes(opus(EspeakNG().speak(words, "fr")))
    return file


def test_a_spoken_answer_is_proposed_and_counts_once_it_is_confirmed(tmp_path: Path) -> None:
    shown = asked("1", audio=note(tmp_path, "une nouvelle visite"))
    choice = WORDS("choice.action.nouvelle_visite_apres_chauffe")
    heard = shown.index(WORDS("speech.understood", answer=choice))
    assert shown.index(WORDS("speech.listening")) < heard < shown.index(WORDS("chat.progress", number=2))
    assert WORDS("chat.recap") not in shown[:heard]


def test_a_spoken_answer_that_is_refused_counts_for_nothing(tmp_path: Path) -> None:
    shown = asked("2", audio=note(tmp_path, "une nouvelle visite"))
    assert WORDS("speech.again") in shown
    assert WORDS("chat.progress", number=2) not in shown


def test_what_is_no_voice_note_or_no_file_is_told_with_the_question(tmp_path: Path) -> None:
    (tmp_path / "texte.ogg").write_text("rien à entendre")
    shown = asked(f"/parler {tmp_path / 'texte.ogg'}", f"/parler {tmp_path / 'absent.ogg'}")
    assert WORDS("speech.refused.unreadable") in shown
    assert WORDS("terminal.no_file", file=tmp_path / "absent.ogg") in shown


def test_what_is_shown_is_written_as_a_sound(tmp_path: Path) -> None:
    shown = asked("e")
    sound = tmp_path / "data" / "ecouter.ogg"
    assert WORDS("terminal.sound", file=sound) in shown
    assert read(sound.read_bytes()).seconds > 5
