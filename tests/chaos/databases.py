"""The database of a trial, and how it is taken away: SQLite locked by another process, PostgreSQL cut or stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from api.storage.engine import database_url
from tests.postgresql import new_server, start

HOLD = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


class SqliteFile:
    """A file in a folder of its own."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "trial.db"
        self.url = f"sqlite:///{self.file}"

    def away(self, seconds: float) -> None:
        """Another process holds the write lock; returns when it has let go."""
        command = [sys.executable, "-c", HOLD, str(self.file), str(seconds)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:  # noqa: S603
            holder.wait(120)

    cut = None


class PostgresServer:
    """A PostgreSQL server of the trial's own, that may be stopped."""

    def __init__(self) -> None:
        self._server = new_server()
        self.start()
        self.url = database_url(self._server.get_uri())
        self.admin = create_engine(self.url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def start(self) -> None:
        start(self._server)

    def stop(self) -> None:
        """Every session ends, as with a failing machine; what was committed is there at the next start."""
        self.admin.dispose()
        postmaster = self._server.get_postmaster_info().process
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(30)

    def close(self) -> None:
        self.admin.dispose()
        self._server.cleanup()


class PostgresDatabase:
    """A database on that server."""

    name = "postgresql"

    def __init__(self, server: PostgresServer) -> None:
        self.server, self._name = server, f"c_{uuid.uuid4().hex[:12]}"
        with server.admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {self._name}"))
        self.url = server.url.set(database=self._name).render_as_string(hide_password=False)

    def away(self, seconds: float) -> None:
        """The server is stopped at once; returns when it is back."""
        self.server.stop()
        time.sleep(seconds)
        self.server.start()

    def cut(self) -> None:
        """End every session in the middle of what it does."""
        with self.server.admin.connect() as connection:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            connection.execute(text(ended), {"name": self._name})

    def drop(self) -> None:
        with self.server.admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)"))


class SmallDisk:
    """A tmpfs of a few megabytes that can be filled to the last byte. Mounting it needs root."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)]

    def __enter__(self) -> SmallDisk:
        self.folder.mkdir(parents=True)
        done = subprocess.run(self._command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise PermissionError(f"no tmpfs can be mounted here ({done.stderr.strip()}): run this as root")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)  # noqa: S603, S607

    def fill(self) -> None:
        with (self.folder / "filling").open("wb", buffering=0) as out:
            size = 1 << 20
            while size:
                try:
                    if out.write(b"\0" * size) < size:
                        size //= 2
                except OSError:
                    size //= 2

    def free(self) -> None:
        (self.folder / "filling").unlink()


@contextmanager
def postgres():
    """The server of a trial, up."""
    server = PostgresServer()
    try:
        yield server
    finally:
        server.close()
