"""The secret key kept in the data folder, made once."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

KEY_LENGTH = 32  # characters, at least


class KeyFileError(ValueError):
    """The kept key is damaged."""


def keep_key(file: Path) -> str:
    """The key in the file; made, with its folder, when there is none. Only the owner can read it.

    Processes that start at once get the same key: it appears whole or not at all, and the first one stays.
    Raises OSError, or KeyFileError for a file that holds no key.
    """
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _publish(secrets.token_urlsafe(48), file)
    key = file.read_text("utf-8").strip()
    if len(key) < KEY_LENGTH:
        raise KeyFileError(f"{file} holds no key of {KEY_LENGTH} characters or more")
    if file.stat().st_mode & 0o077:
        with suppress(OSError):
            file.chmod(0o600)
    return key


def _publish(key: str, file: Path) -> None:
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".key-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(key + "\n")
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        Path(draft).unlink()
