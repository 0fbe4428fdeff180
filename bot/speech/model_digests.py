"""The SHA-256 of a model's files, kept beside them as `sha256sum` writes them: `sha256sum -c SHA256SUMS` reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bot.digests import file_digest

SUMS = "SHA256SUMS"
LINE = re.compile(r"([0-9a-f]{64}) [ *]([^/\0]+)")


def keep(folder: Path, digests: Mapping[str, str]) -> None:
    """Write them down."""
    lines = (f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def kept(folder: Path) -> Mapping[str, str]:
    """By file name; empty where there is no list, or none that can be read."""
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return {found[2]: found[1] for found in map(LINE.fullmatch, lines) if found}


def changed(folder: Path) -> tuple[str, ...]:
    """The files that are not what was installed, or gone. Reads every byte: some seconds a gigabyte."""
    return tuple(name for name, digest in kept(folder).items() if _digest(folder / name) != digest)


def _digest(file: Path) -> str | None:
    try:
        return file_digest(file)
    except OSError:
        return None
