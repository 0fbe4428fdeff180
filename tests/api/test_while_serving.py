"""What the served app does by itself or beside its work: erasing, changing keys, being copied. On both databases."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from api import at_work
from api.app import create_app
from api.backup.restoring import restore
from api.cli import main
from api.jobs.runtime import JobsRuntime
from api.settings import Settings, load_settings
from api.storage.household_schema import household_audio
from api.storage.review_schema import audit
from api.storage.schema import dialogues, enquiries, events
from api.storage.store import Store
from api.storage.vault import Vault
from tests.api.household_site import SENDER, template
from tests.api.kept_data import CONTACT_KEY, SECRET, keep_everything
from tests.api.serving import free_port, running
from tests.api.test_backup import everything
from tests.api.test_nothing_in_clear_on_the_web import Visit, until
from tests.bot.test_conversations import _take

NEW_KEY = "n" * 40
STEPS = ({"choose": "mediation_bailleur"}, {"choose": "sr_en_cours"}, {"choose": "sans_interruption"})


def settings_of(folder: Path, url: str, **more: str) -> Settings:
    said = {"DATA_DIR": str(folder), "DATABASE_URL": url, "PORT": str(free_port()), "SECRET_KEY": SECRET}
    said |= {"CONTACT_KEYS": CONTACT_KEY, **more}
    return load_settings({f"AIGUILLAGE_{name}": value for name, value in said.items()})


def environ_of(settings: Settings) -> dict[str, str]:
    """The same settings, for a command."""
    given = {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url, "SECRET_KEY": SECRET}
    given |= {"CONTACT_KEYS": ",".join(settings.contact_keys)}
    return {f"AIGUILLAGE_{name}": value for name, value in given.items()}


@contextlib.contextmanager
def served(settings: Settings):
    app = create_app(settings)
    with running(app, settings.port):
        yield app.state.parts


class Clock:
    """The clock of the jobs, which the test moves."""

    moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved


def test_a_running_server_erases_by_itself_what_is_past_its_time(store: Store, database_url, tmp_path, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(at_work, "JobsRuntime", partial(JobsRuntime, every=0.1, clock=clock))
    kept = keep_everything(store, datetime.now(UTC) - timedelta(days=1))

    def rows(table, *where):
        with store.reading() as connection:
            return connection.execute(select(table).where(*where)).all()

    with served(settings_of(tmp_path, database_url)):
        until(lambda: morning_jobs(store))
        assert [row.asker for row in rows(enquiries)] == [kept.key] and rows(household_audio) and rows(events)
        clock.moved = timedelta(days=1500)
        until(lambda: [row.asker for row in rows(enquiries)] == [""])
        until(lambda: not rows(household_audio) and not rows(events) and not rows(dialogues))
    noted = rows(audit, audit.c.action == "retention.applied")
    assert {"questions", "household_voices", "events", "interviews"} <= {row.details["kind"] for row in noted}
    assert kept.key not in str(noted)


def morning_jobs(store: Store) -> list[str]:
    where = "jobs." if store.engine.dialect.name == "postgresql" else ""
    with store.reading() as connection:
        said = f"SELECT workflow_uuid FROM {where}workflow_status WHERE name = 'daily' AND status = 'SUCCESS'"  # noqa: S608
        return [row[0] for row in connection.exec_driver_sql(said)]


def link_to(parts, reference: str | None = None) -> str:
    """The address of a household's page with a message on it."""
    with parts.store.households(parts.vault) as households:
        case = households.case(reference) if reference else households.open_case("ar", SENDER)
    sent = parts.desk.send(case.reference, template("rendez_vous_confirmation"), channel="link")
    with parts.store.households(parts.vault) as households:
        return f"/m/{households.link_of(sent).token}"


class Readers:
    """Threads that do the same again and again while the ``with`` lasts; ``found``: what each time came of it."""

    def __init__(self, work, count: int = 2) -> None:
        self.found, self._ending = [], threading.Event()
        self._threads = [threading.Thread(target=self._go_on, args=(work,)) for _ in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self, work) -> None:
        while not self._ending.is_set():
            self.found.append(work())


def test_keys_rotate_while_two_servers_answer_old_links_and_new(store: Store, database_url, tmp_path):
    """As on two machines: each learns the new key, then one after the other puts it first, then all is sealed anew."""
    old, turned, new = (
        settings_of(tmp_path, database_url, CONTACT_KEYS=keys)
        for keys in (CONTACT_KEY, f"{NEW_KEY},{CONTACT_KEY}", NEW_KEY)
    )
    behind = Vault([CONTACT_KEY, NEW_KEY])
    with served(old) as parts:
        links = [link_to(parts) for _ in range(5)]
    with served(turned) as ahead, httpx.Client(base_url=ahead.settings.public_url, timeout=60) as client:
        links += [link_to(ahead) for _ in range(5)]

        def read() -> set[object]:
            """What a phone gets of the one server, and what the other can open."""
            with store.households(behind) as households:
                cases = [households.case(households.link(link.rpartition("/")[2]).case) for link in links]
            return {client.get(link).status_code for link in links} | {case.sender for case in cases}

        with Readers(read) as readers:
            until(lambda: readers.found)
            resealed = CliRunner().invoke(main, ["data", "reseal"], env=environ_of(turned))
            links.append(link_to(ahead))
            done = len(readers.found)
            until(lambda: len(readers.found) > done + 2)
        assert resealed.exit_code == 0, resealed.output
        assert set().union(*readers.found) == {200, SENDER}
    with served(new) as parts, httpx.Client(base_url=parts.settings.public_url, timeout=60) as client:
        assert [client.get(link).status_code for link in links] == [200] * 11
        assert client.get(link_to(parts)).status_code == 200


def test_a_backup_of_a_server_at_work_has_all_that_was_answered_before_it_and_nothing_that_was_not(
    store: Store, database_url, tmp_path
):
    settings = settings_of(tmp_path / "data", database_url)

    def asks() -> None:
        """A whole question over the web chat."""
        visit = Visit(settings.public_url)

        async def question() -> None:
            await visit.show()
            for step in STEPS:
                await _take(visit, step)

        asyncio.run(question())
        visit.client.close()

    store.close()  # a restore is refused while anybody has a session
    with served(settings):
        with Readers(asks, 4) as readers:
            until(lambda: len(readers.found) >= 6)
            before = len(readers.found)
            made = CliRunner().invoke(main, ["backup", str(tmp_path / "a.backup")], env=environ_of(settings))
            done = len(readers.found)
            until(lambda: len(readers.found) > done + 4)
        assert made.exit_code == 0, made.output
    final = everything(database_url)
    restore(settings, tmp_path / "a.backup", force=True)
    restored = everything(database_url)
    assert before <= len(restored["enquiries"]) < len(final["enquiries"])
    assert set(restored["enquiries"]) <= set(final["enquiries"])
    with Store.open(database_url) as opened, opened.reading() as connection:
        replies = str(connection.scalars(select(events.c.reply)).all())
        assert [one for one in connection.scalars(select(enquiries.c.token)) if one not in replies] == []
    with served(settings_of(tmp_path / "data", database_url)) as parts:
        assert httpx.get(f"{parts.settings.public_url}/readyz", timeout=60).json()["status"] == "ready"


@pytest.fixture(autouse=True)
def moved_back():
    yield
    Clock.moved = timedelta()
