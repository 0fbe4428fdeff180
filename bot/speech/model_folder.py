"""The folder of models as commands change it: one at a time, and what is taken out of it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.speech.errors import ModelError


@contextmanager
def only_one(models: Path) -> Iterator[None]:
    """Holds the folder, which is made where it lacks, against other processes until the end; the system lets go of it
    when this one dies. Raises ModelError while another holds it."""
    models.mkdir(parents=True, exist_ok=True)
    handle = os.open(models, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ModelError("model.busy", folder=str(models)) from None
        yield
    finally:
        os.close(handle)


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def frees(folder: Path) -> int:
    """Bytes that its removal frees: of a link none, for what it leads to stays."""
    return 0 if folder.is_symlink() else size_of(folder)


def remove(folder: Path) -> None:
    """Take a model out of its folder, so that at no moment half of it can be found. A link goes, not what it leads to.

    Raises ModelError while another command changes the folder, OSError.
    """
    with only_one(folder.parent):
        if folder.is_symlink():
            folder.unlink()
            return
        gone = folder.with_name(f".{folder.name}.removed")
        shutil.rmtree(gone, ignore_errors=True)
        folder.rename(gone)
        shutil.rmtree(gone)
