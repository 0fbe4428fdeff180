"""Everything of ours that reads what a person wrote, one call each."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date

from api.pages.plain_text import plain_text
from api.review.personal import personal
from api.review.vignettes import check_words
from bot.commands import said
from bot.followup.stop_words import meaning
from bot.presses import read_press
from bot.speech.spoken import as_said
from bot.translation.guards import doubts_of
from bot.translation.protection import protect
from bot.translation.sentences import pieces
from bot.translation.values import values_in
from bot.understanding.french_time import read
from bot.understanding.masking import mask, persons
from bot.understanding.understand import understand

TODAY = date(2026, 11, 26)
READERS = {
    "understand": lambda text: understand(text, TODAY),
    "french_time": lambda text: read(text, TODAY),
    "mask": mask,
    "persons": persons,
    "personal": personal,
    "check_words": lambda text: check_words(text[:100], text),
    "plain_text": plain_text,
    "telegram": said,
    "stop_words": lambda text: [meaning(text, code) for code in ("fr", "ar", "bn")],
    "press": read_press,
    "as_said": lambda text: [as_said(text, code) for code in ("fr", "en", "ar")],
    "pieces": pieces,
    "values": lambda text: [values_in(text, code) for code in ("fr", "en", "ar")],
    "protect": lambda text: [protect(text, code) for code in ("fr", "en", "ar")],
    "guards": lambda text: doubts_of(text, text, "fr", "en"),
}


def read_everything(text: str) -> tuple[float, str]:
    """Read it by all; how long the slowest took (seconds), and which one it was."""
    slowest = (0.0, "")
    for name, reader in READERS.items():
        begun = time.process_time()
        with suppress(ValueError):
            reader(text)
        slowest = max(slowest, (time.process_time() - begun, name))
    return slowest
