"""aiguillage models install for speech, as it is run: real weights over HTTP on this machine, and what follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from bot.speech.model_folder import size_of
from bot.speech.sounds import opus
from bot.speech.voice import Voice
from bot.translation.packages import installed
from tests.bot.translating import tiny
from tests.serving_files import serving
from tests.speech.engines_here import JOE
from tests.speech.prompts import prompt
from tests.speech.test_whisper import WEIGHTS


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AIGUILLAGE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: object, text: str | None = None) -> Result:
        done = CliRunner().invoke(main, ["models", *map(str, words)], input=text)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return command


def files_of(folder: Path) -> dict[str, Path]:
    return {f"/w/{file.name}": file for file in folder.iterdir() if file.is_file()}


async def test_weights_that_were_fetched_write_down_what_a_person_says(run, tmp_path: Path) -> None:
    with serving(files_of(WEIGHTS)) as site:
        site.cut["/w/model.bin"] = 2  # the transfer breaks once after the look at its size
        done = run("install", "whisper-tiny.en", "--from", f"{site.address}/w")
    assert done.exit_code == 0, done.output
    assert "whisper-tiny.en installé (78,1 Mo)" in done.stdout
    assert "  model.bin\n" in done.stdout and "aiguillage doctor" in done.stdout
    assert "model.bin" in done.stderr and "75.5/75.5 MB" in done.stderr
    async with Voice(tmp_path / "models") as voice:
        heard = await voice.hear(opus(prompt("en", "agent-loginok")), "en", free=True)
    assert heard.said is not None and heard.said.lower().strip(". ") == "agent logged in"
    listed = run("list").output
    assert "whisper-tiny.en" in listed and "78,1" in listed


async def test_a_voice_that_was_fetched_speaks(run, tmp_path: Path) -> None:
    described = JOE.with_name(f"{JOE.name}.json")
    with serving({f"/{JOE.name}": JOE, f"/{described.name}": described}) as site:
        done = run("install", "piper-en_US-joe-medium", "--from", f"{site.address}/{JOE.name}")
    assert done.exit_code == 0, done.output
    async with Voice(tmp_path / "models") as voice:
        assert (await voice.engines())["speaking"][0] == {"name": "piper", "languages": ["en"]}
        assert (await voice.speak("Thank you", "en")).startswith(b"OggS")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["whisper-medium"], "whisper-medium\u202f: aucune adresse n’est connue pour ce modèle"),
        (["whisper-tiny", "--from", str(WEIGHTS)], "config.json n’est pas celui de whisper-tiny"),
        (["whisper-x", "--from", "/nulle/part"], "/nulle/part\u202f: il n’y a rien à cet endroit"),
        (["whisper-x", "--from", "http://127.0.0.1:9/w"], "pas reçu"),
        (["piper-fr", "--from", str(WEIGHTS)], "il y manque *.onnx, *.onnx.json"),
        (["fr-en", "--from", str(WEIGHTS)], "--from va avec un seul modèle de parole"),
        (["whisper-x", "piper-y", "--from", str(WEIGHTS)], "--from va avec un seul modèle de parole"),
    ],
)
def test_what_cannot_be_installed_ends_with_status_2_and_the_remedy(run, tmp_path: Path, given, told) -> None:
    done = run("install", *given)
    assert done.exit_code == 2
    assert told in done.stderr
    assert not list((tmp_path / "models").glob("*"))


def test_without_the_engine_the_command_that_brings_it_is_told(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.commands.models_install.find_spec", lambda _: None)
    done = run("install", "whisper-tiny.en", "--from", WEIGHTS)
    assert "pip install 'aiguillage[whisper]'" in done.stdout


def test_a_voice_is_removed_after_a_yes_and_what_it_frees_is_told(run, tmp_path: Path) -> None:
    run("install", "piper-en_US-joe-medium", "--from", JOE.parent)
    kept = run("remove", "piper-en_US-joe-medium", text="n\n")
    assert kept.exit_code == 0
    assert "Cela ne s’annule pas" in kept.stdout and "Rien n’a été retiré." in kept.stdout
    assert "piper-en_US-joe-medium" in run("list").stdout
    size = f"{size_of(tmp_path / 'models') / 1e6:.1f}".replace(".", ",")
    done = run("remove", "piper-en_US-joe-medium", text="y\n")
    assert f"piper-en_US-joe-medium retiré\u202f: {size} Mo libérés." in done.stdout
    assert not list((tmp_path / "models").iterdir())


def test_a_package_is_removed_by_its_pair_without_a_question(run, tmp_path: Path) -> None:
    run("install", tiny("fr-en"), tiny("en-fr"))
    done = run("remove", "fr-en", "--yes")
    assert done.exit_code == 0 and "fr-en retiré" in done.stdout
    assert [one.pair for one in installed(tmp_path / "models")] == ["en-fr"]


@pytest.mark.parametrize("name", ["whisper-small", "..", "fr-xx"])
def test_what_is_not_installed_is_not_removed_and_what_is_is_named(run, tmp_path: Path, name: str) -> None:
    run("install", tiny("fr-en"))
    done = run("remove", "fr-en", name, "--yes")
    assert done.exit_code == 2
    assert f"{name}\u202f: rien de ce nom n’est installé. Ce qui l’est\u202f: fr-en." in done.stderr
    assert len(installed(tmp_path / "models")) == 1
