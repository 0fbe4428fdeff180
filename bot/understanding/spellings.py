"""Words typed in haste, and months with a letter wrong: what is read in their place."""

from __future__ import annotations

from pathlib import Path

from bot.understanding.month_names import MISSPELT
from rules.yaml_text import mapping_in, read_text

_TYPED = mapping_in("spellings.yaml", read_text(Path(__file__).parent, "spellings.yaml"))
SPELLINGS: dict[str, str] = MISSPELT | {word: str(read) for word, read in _TYPED.items()}
