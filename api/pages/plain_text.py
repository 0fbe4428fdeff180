"""What somebody typed -> lines of text that can be kept."""

from __future__ import annotations

import unicodedata


def plain_text(typed: str) -> str:
    """The text without controls or half characters, its lines ended as ours are."""
    whole = typed.encode("utf-8", "ignore").decode().replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in whole if c == "\n" or unicodedata.category(c) != "Cc").strip()
