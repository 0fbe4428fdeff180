"""The schema: the same migrations on both databases, run at start-up by whoever comes first."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine, inspect, text

from api.storage import DatabaseURLError, StorageError, Store, migrate
from api.storage.engine import connect, database_url, masked
from api.storage.schema import metadata
from tests.api.examples import a_dialogue, an_enquiry

OPEN = "import sys; from api.storage import Store; s = Store.open(sys.argv[1]); s.ping(); s.close()"


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Engine]:
    engine = connect(database_url(empty_database_url))
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_the_migrations_make_exactly_the_schema(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_names_of_the_files_tell_the_revisions_in_order() -> None:
    chain = ScriptDirectory(str(migrate.MIGRATIONS)).walk_revisions()
    assert migrate.revisions() == tuple(reversed([script.revision for script in chain]))


def test_upgrading_twice_is_harmless(store: Store) -> None:
    with store.transaction() as journal:
        journal.log(an_enquiry())
    migrate.upgrade(store.engine)
    store.ping()
    assert store.enquiry("tok-1") == an_enquiry()


def test_several_processes_may_upgrade_at_once(empty_database_url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", OPEN, empty_database_url]
    with ThreadPoolExecutor(4) as threads:
        runs = list(
            threads.map(
                lambda _: subprocess.run(command, capture_output=True, text=True, timeout=60),  # noqa: S603
                range(4),
            )
        )
    assert [(run.returncode, run.stderr) for run in runs] == [(0, "")] * 4


def test_several_threads_may_upgrade_at_once(empty: Engine) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate.upgrade, [empty] * 4))
    assert {"dialogues", "enquiries", "events"} <= tables(empty)


def test_downgrade_empties_and_upgrade_makes_anew(store: Store) -> None:
    migrate.downgrade(store.engine)
    assert tables(store.engine) == {"alembic_version"}
    migrate.upgrade(store.engine)
    with store.transaction() as journal:
        journal.keep(a_dialogue())
    store.ping()


def test_a_migration_that_fails_leaves_nothing(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("alembic.operations.Operations.create_index", break_off)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate.upgrade(empty)
    assert tables(empty) == set()


def test_a_database_of_a_newer_version_is_left_alone(store: Store, database_url: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="revision '9999', this version knows '0010' at most"):
        Store.open(database_url)


def test_ping_refuses_an_old_schema(store: Store) -> None:
    store.ping()
    migrate.downgrade(store.engine)
    with pytest.raises(StorageError, match=r"at revision None, '\d+' is needed: restart Aiguillage"):
        store.ping()


def test_ping_refuses_a_database_that_is_gone(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'here' / 'log.db'}") as store:
        store.engine.dispose()
        (tmp_path / "here").rename(tmp_path / "gone")
        with pytest.raises(StorageError, match=r"log\.db: unable to open database file: check AIGUILLAGE_"):
            store.ping()


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StorageError, match=r"//ann:\*\*\*@127\.0\.0\.1:9/log") as error:
        Store.open("postgresql://ann:hush@127.0.0.1:9/log")
    assert "hush" not in str(error.value)


def test_a_sqlite_file_is_made_in_a_folder_of_its_owner(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path / 'new' / 'log.db'}").close()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_sqlite_writes_ahead_and_to_the_disk(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'log.db'}") as store, store.engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert found == ["wal", 2, 1, 30000]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_postgresql_address_goes_through_psycopg(scheme: str) -> None:
    assert database_url(f"{scheme}://u:p@host:5433/db?sslmode=require") == URL.create(
        "postgresql+psycopg", "u", "p", "host", 5433, "db", {"sslmode": "require"}
    )


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("log.db", "not a database URL"),
        ("postgresql://host:port/db", "not a database URL"),
        ("mysql://host/db", "'mysql' is not a kind of database known here"),
        ("sqlite://", "a SQLite database without a file forgets everything"),
        ("sqlite:///:memory:", "a SQLite database without a file forgets everything"),
    ],
)
def test_an_address_of_no_use_is_refused(address: str, why: str) -> None:
    with pytest.raises(DatabaseURLError, match=why):
        database_url(address)


def test_a_shown_address_has_no_password() -> None:
    shown = masked(database_url("postgresql://ann:hush@host/db?password=quiet&sslmode=require"))
    assert shown == "postgresql+psycopg://ann:***@host/db?sslmode=require"
