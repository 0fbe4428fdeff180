"""What a language's phrases.yaml says, and text as an engine is given it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.wording import LOCALES

NUMBER = re.compile(r"\b\d{1,2}\b")


@cache
def own_words(language: str) -> Mapping[str, Any]:
    """Empty for a language without phrases."""
    file = Path(LOCALES) / language / "phrases.yaml"
    return yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}


def plain(text: str, language: str) -> str:
    """Small letters and blanks alone, small numbers in words: the same however it was typed, written down or said."""
    kept = re.sub(r"[^\w' -]", " ", text.lower().replace("’", "'"))
    numbers: Sequence[str] = own_words(language).get("numbers", ())
    return re.sub(r"\s+", " ", NUMBER.sub(lambda found: _in_words(found[0], numbers), kept)).strip()


def _in_words(figures: str, numbers: Sequence[str]) -> str:
    number = int(figures)
    return numbers[number - 1] if 1 <= number <= len(numbers) else figures
