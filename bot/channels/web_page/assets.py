"""The files a page loads, under an address that changes with their content: they may be kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True)
class Assets:
    """``files``: name -> content. ``version``: the hash of them all, so that modules find one another."""

    version: str
    files: Mapping[str, bytes]

    def address(self, name: str) -> str:
        """The path of a file. Raises KeyError for a file that is not there."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"


def read_assets(folder: Path = STATIC) -> Assets:
    """Every file of the folder with a type we serve."""
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in TYPES}
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return Assets(digest.hexdigest()[:16], files)
