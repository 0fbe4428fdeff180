"""How English words are said: the dictionary that comes with the acoustics (CMU's, 134,000 words)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pocketsphinx

DICTIONARY = "en-us/cmudict-en-us.dict"


@cache
def english_ways(word: str) -> tuple[str, ...]:
    """The phones of each way to say a word in small letters, the usual one first; none where it is not listed."""
    escaped = re.escape(word)
    return tuple(re.findall(rf"^{escaped}(?:\(\d\))? (.+)$", _around(word), re.MULTILINE))


def _around(word: str) -> str:
    """The part of the dictionary where a word stands. It is kept as one text: as words it would be 30 MB."""
    text = _dictionary()
    place = text.find(f"\n{word} ")
    return text[place : place + 400] if place >= 0 else ""


@cache
def _dictionary() -> str:
    return "\n" + Path(pocketsphinx.get_model_path(DICTIONARY)).read_text("utf-8")
