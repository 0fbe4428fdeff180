"""Models of speech become folders: whole and checked, or nothing is left; from a folder, an archive or the web."""

from __future__ import annotations

import io
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from bot.speech import model_sources
from bot.speech.errors import ModelError
from bot.speech.model_digests import SUMS, changed, kept
from bot.speech.model_folder import frees, remove, size_of
from bot.speech.model_install import InstalledModel, install_model
from bot.speech.model_kinds import PIPER, WHISPER, kind_of, offer_of, web_files
from tests.serving_files import serving

# Small stand-ins for weights: what is looked at here is how files travel, not what is in them.
FILES = {"model.bin": b"w" * 3_000_000, "config.json": b"{}", "tokenizer.json": b"{ }", "vocabulary.txt": b"a\nb\n"}
Install = Callable[..., InstalledModel]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def install(models: Path) -> Install:
    def run(name: str, given: object, progress: Callable = lambda *_: None) -> InstalledModel:
        return install_model(name, models, str(given), progress)

    return run


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_sources, "PAUSES", (0.0, 0.0, 0.0))


def laid(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


def zipped(file: Path, top: str, names: tuple[str, ...] = tuple(FILES)) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("README.md", "about")
        for name in names:
            out.writestr(f"{top}{name}", FILES[name])
    return file


def tarred(file: Path, top: str) -> Path:
    with tarfile.open(file, "w:gz") as out:
        for name, data in FILES.items():
            member = tarfile.TarInfo(f"{top}{name}")
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    return file


def nothing_left(models: Path) -> bool:
    return not models.exists() or not list(models.iterdir())


def refused(error: pytest.ExceptionInfo[ModelError]) -> tuple[str, dict]:
    return error.value.said.message, dict(error.value.said.params)


@pytest.mark.parametrize("shape", ["folder", "zip", "zip without a folder", "tar.gz", "tgz deep"])
def test_the_same_model_comes_out_of_every_shape(tmp_path: Path, install: Install, models: Path, shape: str) -> None:
    given = {
        "folder": lambda: laid(tmp_path / "given"),
        "zip": lambda: zipped(tmp_path / "w.zip", "faster-whisper-small/"),
        "zip without a folder": lambda: zipped(tmp_path / "w.zip", ""),
        "tar.gz": lambda: tarred(tmp_path / "w.tar.gz", "./small/"),
        "tgz deep": lambda: tarred(tmp_path / "w.tgz", "a/b/c/"),
    }[shape]()
    done = install("whisper-local", given)
    assert {path.name for path in (models / "whisper-local").iterdir()} == {*FILES, SUMS}
    assert {name: (done.folder / name).read_bytes() for name in FILES} == FILES
    assert kept(done.folder) == done.digests == {name: sha256(data).hexdigest() for name, data in FILES.items()}
    assert done.size == sum(map(len, FILES.values()))
    assert [path.name for path in models.iterdir()] == ["whisper-local"]


def test_the_list_of_digests_is_one_that_sha256sum_reads(tmp_path: Path, install: Install) -> None:
    done = install("whisper-local", laid(tmp_path / "given"))
    command = [shutil.which("sha256sum") or "sha256sum", "-c", SUMS]
    assert subprocess.run(command, cwd=done.folder, check=False, capture_output=True).returncode == 0  # noqa: S603


def test_a_changed_and_a_lost_file_are_found(tmp_path: Path, install: Install) -> None:
    done = install("whisper-local", laid(tmp_path / "given"))
    assert changed(done.folder) == ()
    (done.folder / "config.json").write_bytes(b"{ }")
    (done.folder / "vocabulary.txt").unlink()
    assert changed(done.folder) == ("config.json", "vocabulary.txt")


def test_what_is_lacking_is_named_and_nothing_is_left(tmp_path: Path, install: Install, models: Path) -> None:
    given = laid(tmp_path / "given")
    (given / "vocabulary.txt").unlink()
    (given / "model.bin").unlink()
    with pytest.raises(ModelError) as error:
        install("whisper-local", given)
    said = {"source": str(given), "kind": "whisper", "files": "model.bin, vocabulary.txt / vocabulary.json"}
    assert refused(error) == ("model.lacking", said)
    assert nothing_left(models)


def test_an_archive_without_the_whole_model_is_refused(tmp_path: Path, install: Install, models: Path) -> None:
    given = zipped(tmp_path / "w.zip", "w/", ("config.json", "model.bin"))
    with pytest.raises(ModelError) as error:
        install("whisper-local", given)
    assert refused(error)[1]["files"] == "tokenizer.json, vocabulary.txt / vocabulary.json"
    assert nothing_left(models)


@pytest.mark.parametrize("name", ["w.zip", "w.tar.gz"])
def test_what_is_no_archive_is_refused(tmp_path: Path, install: Install, models: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"<html>no such page</html>")
    with pytest.raises(ModelError) as error:
        install("whisper-local", tmp_path / name)
    assert refused(error)[0] == "model.unreadable"
    assert "\n" not in str(refused(error)[1]["why"])
    assert nothing_left(models)


def test_an_archive_that_was_cut_is_refused(tmp_path: Path, install: Install, models: Path) -> None:
    given = tarred(tmp_path / "w.tar.gz", "w/")
    given.write_bytes(given.read_bytes()[:-200])
    with pytest.raises(ModelError) as error:
        install("whisper-local", given)
    assert refused(error)[0] == "model.unreadable"
    assert nothing_left(models)


def test_an_entry_that_leads_out_of_an_archive_leads_nowhere(tmp_path: Path, install: Install, models: Path) -> None:
    """Only the model's own names are taken, and none of them as a path."""
    given = zipped(tmp_path / "w.zip", "../../outside/")
    done = install("whisper-local", given)
    assert set(done.digests) == set(FILES)
    assert not (tmp_path.parent / "outside").exists() and not (tmp_path / "outside").exists()


def test_a_place_where_there_is_nothing_is_told(tmp_path: Path, install: Install, models: Path) -> None:
    with pytest.raises(ModelError) as error:
        install("whisper-local", tmp_path / "no")
    assert refused(error) == ("model.nothing_there", {"source": str(tmp_path / "no")})
    assert nothing_left(models)


def test_weights_that_are_not_the_known_ones_are_refused(tmp_path: Path, install: Install, models: Path) -> None:
    with pytest.raises(ModelError) as error:
        install("whisper-small", laid(tmp_path / "given"))
    message, said = refused(error)
    assert message == "model.other"
    known = offer_of("whisper-small").sha256
    assert (said["found"], said["known"]) == (sha256(FILES[said["file"]]).hexdigest(), known[said["file"]])
    assert nothing_left(models)


def test_a_new_model_takes_the_place_of_the_one_before(tmp_path: Path, install: Install, models: Path) -> None:
    given = laid(tmp_path / "given")
    install("whisper-local", given)
    (given / "config.json").write_bytes(b'{"new": true}')
    done = install("whisper-local", given)
    assert (done.folder / "config.json").read_bytes() == b'{"new": true}'
    assert [path.name for path in models.iterdir()] == ["whisper-local"]


def test_an_interruption_leaves_what_was_there(tmp_path: Path, install: Install, models: Path) -> None:
    given = laid(tmp_path / "given")
    done = install("whisper-local", given)
    (given / "config.json").write_bytes(b'{"new": true}')

    def interrupted(file: str, *_: object) -> None:
        if file == "model.bin":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install("whisper-local", given, interrupted)
    assert changed(done.folder) == ()
    assert (done.folder / "config.json").read_bytes() == b"{}"
    assert [path.name for path in models.iterdir()] == ["whisper-local"]


def test_a_disk_that_is_full_is_told_before_anything_is_copied(
    tmp_path: Path, install: Install, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=50 << 20))
    with pytest.raises(ModelError) as error:
        install("whisper-local", laid(tmp_path / "given"))
    assert refused(error) == ("model.no_room", {"folder": str(models), "needed": "0,00", "free": "0,05"})
    assert nothing_left(models)


def test_a_disk_that_fills_up_meanwhile_is_told_and_nothing_is_left(
    tmp_path: Path, install: Install, models: Path
) -> None:
    """The system refuses the bytes: here because of the largest file that it allows."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    given = laid(tmp_path / "given")
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, most))
    try:
        with pytest.raises(ModelError) as error:
            install("whisper-local", given)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
    assert refused(error) == ("model.not_written", {"file": "model.bin", "why": "File too large"})
    assert nothing_left(models)


def test_a_second_installation_at_once_is_refused_and_the_first_is_whole(tmp_path: Path, install: Install) -> None:
    given, told = laid(tmp_path / "given"), []

    def again(*_: object) -> None:
        if not told:
            with pytest.raises(ModelError) as error:
                install("whisper-other", given)
            told.append(refused(error)[0])

    done = install("whisper-local", given, again)
    assert told == ["model.busy"]
    assert changed(done.folder) == ()
    assert install("whisper-other", given).size == done.size


KILLED = """
import os, signal, sys
from pathlib import Path
from bot.speech.model_install import install_model

def progress(file, done, _):
    if done > 1 << 20:
        os.kill(os.getpid(), signal.SIGKILL)

install_model("whisper-local", Path(sys.argv[1]), sys.argv[2], progress)
"""


def test_an_installation_that_was_killed_is_no_model_and_the_next_one_clears_it_away(
    tmp_path: Path, install: Install, models: Path
) -> None:
    given = laid(tmp_path / "given")
    done = subprocess.run([sys.executable, "-c", KILLED, models, given], check=False)  # noqa: S603
    assert done.returncode == -signal.SIGKILL
    assert [path.name for path in models.iterdir()] == [".whisper-local"]
    assert list(models.glob("whisper-*/model.bin")) == []
    install("whisper-local", given)
    assert [path.name for path in models.iterdir()] == ["whisper-local"]


def test_a_model_that_was_set_aside_when_its_successor_was_killed_comes_back(
    tmp_path: Path, install: Install, models: Path
) -> None:
    done = install("whisper-local", laid(tmp_path / "given"))
    (models / ".whisper-local").mkdir()
    done.folder.rename(models / ".whisper-local" / "before")
    with pytest.raises(ModelError):
        install("whisper-local", tmp_path / "no")
    assert changed(models / "whisper-local") == ()


def test_what_is_removed_frees_its_bytes_and_a_link_goes_alone(tmp_path: Path, install: Install, models: Path) -> None:
    done = install("whisper-local", laid(tmp_path / "given"))
    (models / "whisper-link").symlink_to(tmp_path / "given", target_is_directory=True)
    assert size_of(done.folder) == done.size + (done.folder / SUMS).stat().st_size
    assert (frees(models / "whisper-link"), frees(done.folder)) == (0, size_of(done.folder))
    remove(models / "whisper-link")
    remove(done.folder)
    assert nothing_left(models)
    assert (tmp_path / "given" / "model.bin").read_bytes() == FILES["model.bin"]


def test_nothing_is_removed_while_a_model_is_installed(tmp_path: Path, install: Install) -> None:
    given = laid(tmp_path / "given")
    done, told = install("whisper-local", given), []

    def removing(*_: object) -> None:
        if not told:
            with pytest.raises(ModelError) as error:
                remove(done.folder)
            told.append(refused(error)[0])

    install("whisper-other", given, removing)
    assert told == ["model.busy"]
    assert changed(done.folder) == ()


def test_progress_tells_each_file_its_bytes_and_of_how_many(tmp_path: Path, install: Install) -> None:
    told: dict[str, list[tuple[int, int | None]]] = {}
    install("whisper-local", laid(tmp_path / "given"), lambda file, *done: told.setdefault(file, []).append(done))
    assert {file: steps[-1] for file, steps in told.items()} == {n: (len(d), len(d)) for n, d in FILES.items()}
    assert len(told["model.bin"]) == 3


def test_a_model_is_fetched_from_the_folder_at_an_address(install: Install) -> None:
    with serving({f"/small/{name}": data for name, data in FILES.items()}) as site:
        done = install("whisper-local", f"{site.address}/small/")
    assert set(done.digests) == set(FILES)


def test_an_archive_is_fetched(tmp_path: Path, install: Install, models: Path) -> None:
    with serving({"/w.zip": zipped(tmp_path / "w.zip", "w/")}) as site:
        done = install("whisper-local", f"{site.address}/w.zip?download=true")
    assert set(done.digests) == set(FILES)
    assert [path.name for path in models.iterdir()] == ["whisper-local"]


def test_a_transfer_that_breaks_goes_on_where_it_was(install: Install) -> None:
    with serving({f"/{name}": data for name, data in FILES.items()}) as site:
        site.cut["/model.bin"] = 3  # the look at its size, then two transfers
        done = install("whisper-local", site.address)
    ranges = [wanted for path, wanted in site.asked if path == "/model.bin"]
    starts = [int(one.removeprefix("bytes=").rstrip("-")) for one in ranges if one]
    assert (ranges[:2], len(starts)) == ([None, None], 2)
    assert 0 < starts[0] <= len(FILES["model.bin"]) // 2 < starts[1]
    assert done.digests["model.bin"] == sha256(FILES["model.bin"]).hexdigest()


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"cut": {"/model.bin": 100}}, "peer closed connection"),
        ({"cut": {"/model.bin": 2}, "resumes": False}, "model.no_resuming"),
        ({"cut": {"/model.bin": 2}, "marked": False}, "peer closed connection"),
    ],
    ids=["it breaks again and again", "the server cannot resume", "the file may be another by now"],
)
def test_a_transfer_that_cannot_be_finished_leaves_nothing(install: Install, models: Path, how: dict, why: str) -> None:
    with serving({f"/{name}": data for name, data in FILES.items()}, **how) as site, pytest.raises(ModelError) as error:
        install("whisper-local", site.address)
    message, said = refused(error)
    assert (message, said["address"]) == ("model.not_fetched", f"{site.address}/model.bin")
    assert why in str(said["why"])
    assert nothing_left(models)


def test_an_address_where_nothing_is_or_nobody_answers_is_told(install: Install, models: Path) -> None:
    with serving({}) as site, pytest.raises(ModelError) as error:
        install("whisper-local", site.address)
    assert refused(error)[0] == "model.lacking"
    for address in ("http://127.0.0.1:9", "http://127.0.0.1:9/w.zip", "http://[bad"):
        with pytest.raises(ModelError) as error:
            install("whisper-local", address)
        assert refused(error)[0] == "model.not_fetched"
    assert nothing_left(models)


def test_a_voice_of_piper_is_two_files_at_an_address(install: Install) -> None:
    with serving({"/v/fr.onnx": b"voice", "/v/fr.onnx.json": b"{}"}) as site:
        done = install("piper-fr", f"{site.address}/v/fr.onnx?download=true")
    assert set(done.digests) == {"fr.onnx", "fr.onnx.json"}


def test_names_say_what_they_are_and_where_they_come_from() -> None:
    assert (kind_of("whisper-small"), kind_of("piper-fr")) == (WHISPER, PIPER)
    for name in ("small", "whisper", "whisper-", "whisper-../x", "vosk-fr"):
        with pytest.raises(KeyError):
            kind_of(name)
    assert offer_of("whisper-medium") is None and offer_of("piper-fr") is None
    siwis = offer_of("piper-fr_FR-siwis-medium")
    assert siwis.address.endswith("/fr/fr_FR/siwis/medium/fr_FR-siwis-medium.onnx")
    assert list(web_files(PIPER, siwis.address)) == ["fr_FR-siwis-medium.onnx", "fr_FR-siwis-medium.onnx.json"]


@pytest.mark.parametrize("name", ["whisper-tiny", "whisper-base", "whisper-small"])
def test_weights_that_are_offered_are_of_one_revision_and_every_file_is_known(name: str) -> None:
    offer = offer_of(name)
    assert len(offer.address.rsplit("/", 1)[-1]) == 40
    assert WHISPER.lacking(offer.sha256) == ()
    assert all(len(digest) == 64 for digest in offer.sha256.values())


def test_a_name_without_an_address_asks_for_one(models: Path) -> None:
    with pytest.raises(ModelError) as error:
        install_model("whisper-medium", models, None, lambda *_: None)
    assert refused(error) == ("model.no_address", {"name": "whisper-medium"})
