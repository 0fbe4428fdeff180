"""Whether a text is French enough to be read."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from bot.understanding.folding import Folded
from rules.yaml_text import mapping_in, read_text


def is_french(folded: Folded) -> bool:
    """Whether a text may be French: Latin letters, and no other language whose small words it has more of."""
    letters = [c for c in folded.text if c.isalpha()]
    latin = sum(unicodedata.name(c, "").startswith("LATIN") for c in letters)
    if 2 * latin < len(letters):
        return False
    words = re.findall(r"[a-z]+", folded.text)
    counted = {code: sum(word in small for word in words) for code, small in _small_words().items()}
    french = counted.pop("fr")
    return max(counted.values()) <= french or max(counted.values()) < 2


@cache
def _small_words() -> dict[str, frozenset[str]]:
    raw = mapping_in("language.yaml", read_text(Path(__file__).parent, "language.yaml"))
    return {code: frozenset(map(str, words)) for code, words in raw.items() if isinstance(words, list)}
