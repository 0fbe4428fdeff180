"""The languages of the households: languages.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from rules.yaml_text import mapping_in, read_text

FILE = "languages.yaml"


@dataclass(frozen=True, slots=True)
class Language:
    """``direction``: ltr or rtl; ``written``: whether a text is of use to those who speak it."""

    code: str
    french: str
    autonym: str
    direction: str
    script: str
    written: bool


@cache
def languages() -> Mapping[str, Language]:
    """By code, the most frequent first."""
    listed = mapping_in(FILE, read_text(Path(__file__).parent, FILE))["languages"]
    assert isinstance(listed, list)  # noqa: S101
    return MappingProxyType({one["code"]: Language(**one) for one in listed})
