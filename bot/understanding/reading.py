"""`understand`, whose grammar is loaded when a text is first read: a quarter of a second of processor."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.understanding.understand import Understood


def understand(text: str, today: date) -> Understood:
    """As `bot.understanding.understand` has it."""
    from bot.understanding.understand import understand as read

    return read(text, today)


def get_ready() -> None:
    """Load the grammar and its words now, so that nobody waits for them: by reading a text."""
    text = "Première visite le 3 mars 2025, deux orientations, DST en octobre 2024."
    understood = understand(text, date(2025, 6, 1))
    for fact in understood.facts:
        understood.words(text, fact)
