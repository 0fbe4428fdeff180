"""A backup is the database at one moment, restored equal; it holds no key and is put over nothing by accident."""

from __future__ import annotations

import gzip
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from api.backup.archive import BackupError
from api.backup.making import make
from api.backup.restoring import restore
from api.backup.tables import tables
from api.cli import main
from api.settings import Settings, load_settings
from api.storage.schema import enquiries, events
from api.storage.store import Store
from bot.wording import wording
from tests.api.examples import an_enquiry
from tests.api.kept_data import CONTACT_KEY, SECRET, keep_everything
from tests.api.serving import ServerProcess

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def settings_of(folder: Path, url: str) -> Settings:
    environ = {"DATA_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": SECRET, "CONTACT_KEYS": CONTACT_KEY}
    return load_settings({f"AIGUILLAGE_{name}": value for name, value in environ.items()})


def everything(url: str) -> dict[str, list[str]]:
    with Store.open(url) as store, store.reading() as connection:
        return {
            table.fullname: sorted(str(tuple(row)) for row in connection.execute(select(table)))
            for table in tables(connection)
        }


@pytest.fixture
def filled(store: Store, database_url: str, tmp_path: Path) -> Settings:
    keep_everything(store, NOW)
    settings = settings_of(tmp_path / "data", database_url)
    (settings.data_dir / "territories").mkdir(parents=True)
    (settings.data_dir / "territories" / "aude.yaml").write_text("id: aude\nname: Aude\n")
    (settings.data_dir / "secret_key").write_text("a-secret-that-stays-here" * 3)
    (settings.data_dir / "matrix").mkdir()
    (settings.data_dir / "matrix" / "keys.db").write_text("a-device-that-stays-here")
    (settings.data_dir / "workers").mkdir()
    (settings.data_dir / "workers" / "name").write_text("abcd")
    (settings.data_dir / "workers" / "1.lock").write_text("")
    store.close()  # a restore is refused while anybody has a session
    return settings


def test_every_table_and_file_is_back_in_a_fresh_place(
    filled: Settings, empty_database_url: str, tmp_path: Path
) -> None:
    if empty_database_url.split(":")[0].split("+")[0] != filled.database_url.split(":")[0].split("+")[0]:
        with pytest.raises(BackupError, match="kind"):
            _moved(filled, empty_database_url, tmp_path)
        return
    there = _moved(filled, empty_database_url, tmp_path)
    assert everything(there.database_url) == everything(filled.database_url)
    assert (there.data_dir / "territories" / "aude.yaml").read_text() == "id: aude\nname: Aude\n"
    assert (there.data_dir / "workers" / "name").read_text() == "abcd"
    assert not (there.data_dir / "secret_key").exists()


def _moved(filled: Settings, url: str, tmp_path: Path) -> Settings:
    make(filled, tmp_path / "a.backup")
    there = settings_of(tmp_path / "fresh", url)
    assert restore(there, tmp_path / "a.backup").keys == ()
    return there


def test_numbers_go_on_after_the_last_that_was_restored(filled: Settings, tmp_path: Path) -> None:
    make(filled, tmp_path / "a.backup")
    restore(filled, tmp_path / "a.backup", force=True)
    with Store.open(filled.database_url) as store:
        with store.transaction() as journal:
            journal.log(an_enquiry(token="after"))
        with store.reading() as connection:
            numbers = list(connection.scalars(select(enquiries.c.id).order_by(enquiries.c.id)))
    assert len(numbers) == len(set(numbers)) == 2


def test_no_key_is_in_a_backup(filled: Settings, tmp_path: Path) -> None:
    make(filled, tmp_path / "a.backup")
    with tarfile.open(tmp_path / "a.backup") as tar:
        names = tar.getnames()
    assert not [
        name
        for name in names
        if "keys.db" in name or name.endswith("_key") or name.endswith("_keys") or name.endswith(".lock")
    ]
    inside = gzip.decompress((tmp_path / "a.backup").read_bytes())
    assert not [
        key
        for key in (SECRET, CONTACT_KEY, "a-secret-that-stays-here", "a-device-that-stays-here")
        if key.encode() in inside
    ]
    assert (tmp_path / "a.backup").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", [".", "territories"])
def test_a_backup_may_be_put_into_the_data_folder_and_holds_neither_itself_nor_what_a_killed_one_left(
    filled: Settings, tmp_path: Path, place: str
) -> None:
    left = filled.data_dir / place / ".backup-killed" / "data"
    left.mkdir(parents=True)
    (left / "old.json").write_text("{}")
    make(filled, filled.data_dir / place / "a.backup")
    with tarfile.open(filled.data_dir / place / "a.backup") as tar:
        inside = [name for name in tar.getnames() if name.startswith(("data/", "territories/"))]
    assert sorted(inside) == ["data/workers/name", "territories/aude.yaml"]


def test_while_others_write_a_backup_is_one_moment_and_every_question_has_its_event(
    filled: Settings, tmp_path: Path
) -> None:
    ending, count = threading.Event(), 0

    def write() -> None:
        nonlocal count
        with Store.open(filled.database_url) as store:
            while not ending.is_set():
                with store.transaction() as journal:
                    journal.record("web", f"load-{count}", {})
                    journal.log(an_enquiry(token=f"load-{count}"))
                count += 1

    writing = threading.Thread(target=write)
    writing.start()
    try:
        while count < 20:
            ending.wait(0.01)
        make(filled, tmp_path / "a.backup")
    finally:
        ending.set()
        writing.join()
    restore(filled, tmp_path / "a.backup", force=True)
    with Store.open(filled.database_url) as store, store.reading() as connection:
        asked = {t for t in connection.scalars(select(enquiries.c.token)) if t.startswith("load-")}
        taken = {e for e in connection.scalars(select(events.c.event)) if e.startswith("load-")}
    assert 20 <= len(asked) <= count and asked == taken


def test_nothing_is_put_over_a_database_or_a_file_that_is_there(filled: Settings, tmp_path: Path) -> None:
    make(filled, tmp_path / "a.backup")
    with pytest.raises(BackupError, match="not_empty"):
        restore(filled, tmp_path / "a.backup")
    with pytest.raises(BackupError, match="exists"):
        make(filled, tmp_path / "a.backup")


def test_a_damaged_backup_and_one_that_is_none_change_nothing(filled: Settings, tmp_path: Path) -> None:
    make(filled, tmp_path / "a.backup")
    before = everything(filled.database_url)
    whole = (tmp_path / "a.backup").read_bytes()
    (tmp_path / "cut.backup").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "none.backup").write_text("bonjour")
    for name, why in (("cut", "damaged"), ("none", "no_archive")):
        with pytest.raises(BackupError, match=why):
            restore(filled, tmp_path / f"{name}.backup", force=True)
    assert everything(filled.database_url) == before


def test_a_server_that_runs_is_not_restored_over_and_says_so(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        made = CliRunner().invoke(main, ["backup", str(tmp_path / "a.backup")], env=server.environ)
        assert made.exit_code == 0 and "clés n’y sont pas" in made.output
        refused = CliRunner().invoke(main, ["restore", str(tmp_path / "a.backup"), "--force"], env=server.environ)
    assert refused.exit_code == 2 and wording("fr")("backup.refused.running") in refused.output


def test_other_keys_are_told(filled: Settings, tmp_path: Path) -> None:
    make(filled, tmp_path / "a.backup")
    environ = {"DATA_DIR": str(filled.data_dir), "DATABASE_URL": filled.database_url, "SECRET_KEY": "t" * 40}
    run = CliRunner().invoke(
        main,
        ["restore", str(tmp_path / "a.backup"), "--force"],
        env={f"AIGUILLAGE_{name}": value for name, value in environ.items()} | {"AIGUILLAGE_CONTACT_KEYS": "k" * 40},
    )
    assert run.exit_code == 0
    assert "AIGUILLAGE_SECRET_KEY" in run.output and "AIGUILLAGE_CONTACT_KEYS n" not in run.output
