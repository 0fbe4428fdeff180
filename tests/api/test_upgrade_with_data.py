"""What an older version wrote is there after the upgrade: every table of every earlier schema, on both databases."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table, inspect, text

from api.rulesets import Rulesets
from api.storage import migrate
from api.storage.household_schema import campaigns, dues
from api.storage.readings import Verdict
from api.storage.review_schema import signings
from api.storage.schema import metadata
from api.storage.store import Store
from tests.api.kept_data import VAULT, keep_everything

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
REVISIONS = [one.revision for one in ScriptDirectory(str(migrate.MIGRATIONS)).walk_revisions()]  # newest first
Cells = dict[str, list[dict[str, str]]]


def fill(store: Store) -> None:
    """A row or more in every table."""
    kept = keep_everything(store, AT)
    Rulesets.open(store)
    store.readings.add(Verdict("ar", "M05", "hash", "relectrice", "right"))
    with store.households(VAULT) as households:
        households.keep_episode(kept.reference, "dst", date(2026, 3, 2), date(2026, 3, 2))
        row = {"case_ref": kept.reference, "step": "rappel", "occurrence": "1", "due_at": AT, "state": "planned"}
        households.connection.execute(dues.insert().values(row))
        row = {"id": "campaign-1", "template": "materiel_pose", "slots": b"s", "sealing": b"s", "state": "done"}
        households.connection.execute(campaigns.insert().values(row | {"made_at": AT, "made_by": "coordination"}))
        row = {"subject": "doctrine", "subject_id": "1", "change": "c", "count": 1, "role": "coordinator"}
        households.connection.execute(signings.insert().values(row | {"signed_at": AT}))
    with store.engine.connect() as connection:
        empty = [table.name for table in metadata.sorted_tables if not _rows(connection, table)]
    assert empty == []


def _rows(connection: object, table: Table) -> object:
    return connection.execute(table.select().limit(1)).first()


def cells(engine: Engine) -> Cells:
    """What stands in every table that is ours."""
    found: Cells = {}
    inspector = inspect(engine)
    with engine.connect() as connection:
        for name in sorted(set(inspector.get_table_names()) & {table.name for table in metadata.sorted_tables}):
            rows = connection.execute(text(f"SELECT * FROM {name}")).mappings()  # noqa: S608
            found[name] = [{column: repr(value) for column, value in row.items()} for row in rows]
    return found


def lost(before: Cells, after: Cells) -> list[str]:
    """The rows that are not there any more as they were, in the columns that there still are."""
    missing = []
    for name, rows in before.items():
        now = after.get(name, [])
        kept = set(now[0]) if now else set()
        there = [{column: row[column] for column in kept & set(rows[0])} for row in now] if rows else []
        missing += [f"{name}: {row}" for row in rows if {c: v for c, v in row.items() if c in kept} not in there]
    return missing


def test_what_every_earlier_schema_held_is_there_after_the_upgrade(store: Store) -> None:
    fill(store)
    for revision in REVISIONS[1:]:
        migrate.downgrade(store.engine, revision)
        before = cells(store.engine)
        assert before
        migrate.upgrade(store.engine)
        assert lost(before, cells(store.engine)) == []
        store.ping()
        assert store.count() == 1


def test_an_older_server_does_not_start_on_a_newer_schema_and_says_what_to_do(store: Store, tmp_path: Path) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    url = store.engine.url.render_as_string(hide_password=False)
    environ = {"AIGUILLAGE_DATA_DIR": str(tmp_path), "AIGUILLAGE_DATABASE_URL": url, "PATH": ""}
    command = [sys.executable, "-m", "api.cli", "serve"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603
    assert done.returncode == 2
    assert "revision '9999'" in done.stderr
    assert "install the version that migrated it, or restore a copy made before" in done.stderr
    assert "Traceback" not in done.stderr
