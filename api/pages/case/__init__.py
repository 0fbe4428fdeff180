"""A household case as a page shows it: its drawing, and templates and a style that several pages share."""

from __future__ import annotations

from pathlib import Path

CASE = Path(__file__).resolve().parent  # the folder of what is shared


def capitalized(words: str) -> str:
    """The words with a capital at their beginning: a filter of the templates."""
    return words[:1].upper() + words[1:]
