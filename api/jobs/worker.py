"""Which worker a process is: its name stays its own over a restart, and no running process has another's."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path


class Worker:
    """A name held by a lock on a file of the data folder, which the system lets go of when the process ends.

    ``name``: this process's work is recorded under it. ``left``: names whose processes are gone, now held here too:
    their work is taken up here. ``base``: what names begin with; must differ between data folders on one database.
    """

    def __init__(self, folder: Path, base: str | None = None) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        base = base or _kept_name(folder / "name")
        self._locks: list[int] = []
        self.name = f"{base}-{next(n for n in count(1) if self._lock(folder / f'{n}.lock'))}"
        self.left = tuple(f"{base}-{file.stem}" for file in _lock_files(folder) if self._lock(file))

    def release(self) -> None:
        for lock in self._locks:
            os.close(lock)
        self._locks.clear()

    def _lock(self, file: Path) -> bool:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._locks.append(handle)
        return True


def _lock_files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.glob("*.lock")))


def _kept_name(file: Path) -> str:
    with suppress(FileExistsError), file.open("x", encoding="utf-8") as out:
        out.write(secrets.token_hex(4))
    return file.read_text("utf-8").strip() or "worker"
