"""A written text as a person says it: numbers of telephones in groups, days in words, abbreviations as letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from babel.dates import format_date

SOURCE = "fr"
ADDRESS = re.compile(r"\bhttps?://\S+|\bwww\.\S+|\S{1,64}@\S{1,255}\.\w+")
TELEPHONE = re.compile(r"(?<![\w.,/-])(?:\+33[ .]?|0)[1-9](?:[ .-]?\d\d){4}(?![\w/-])")
DAY = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b|\b(\d{4})-(\d{2})-(\d{2})\b")
HOUR = re.compile(r"\b([01]?\d|2[0-3])(?::| ?h ?)([0-5]\d)\b")
THOUSANDS = re.compile(r"(?<=\d)[\u202f\u00a0 ](?=\d{3}(?!\d))")
FIRST = re.compile(
    r"\b1er\b|\b1(?= (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b)"
)
MARKS = re.compile(r"[«»“”„\"*•·_|<>\[\]{}()\u2066-\u2069\u200e\u200f\u061c\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Saying:
    """How one language says what is written short."""

    abbreviations: Mapping[str, str]
    hours: str | None


def as_said(text: str, language: str) -> str:
    """The text for a voice: nothing that only an eye understands is left in it. Web addresses are left out.

    Digits of every script become 0 to 9, which all voices read as numbers of their own language.
    """
    saying = _saying(language.split("-")[0])
    said = ADDRESS.sub(" ", _western(text))
    steps: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (TELEPHONE, lambda found: _telephone(found[0], language)),
        (DAY, lambda found: _day(found, language)),
        (HOUR, lambda found: _hour(found, saying)),
        (THOUSANDS, lambda _: ""),
    )
    for pattern, say in steps:
        said = pattern.sub(say, said)
    if language == SOURCE:
        said = FIRST.sub("premier", said)
    said = _expanded(said, saying)
    return re.sub(r"[ \t]+", " ", MARKS.sub(" ", said)).strip()


def _western(text: str) -> str:
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def _telephone(written: str, language: str) -> str:
    """French in pairs, as it is said in France; elsewhere one digit after the other."""
    digits = re.sub(r"\D", "", written.replace("+33", "0"))
    if language != SOURCE:
        return ", ".join(digits)
    return ", ".join(f"zéro {pair[1]}" if pair[0] == "0" else pair for pair in re.findall("..", digits))


def _day(found: re.Match[str], language: str) -> str:
    parts = found.groups()
    year, month, day = (parts[2], parts[1], parts[0]) if parts[0] else parts[3:]
    try:
        written = date(int(year), int(month), int(day))
    except ValueError:
        return found[0]
    return _western(format_date(written, "d MMMM y", Locale.parse(language, sep="-")))


def _hour(found: re.Match[str], saying: Saying) -> str:
    moment = time(int(found[1]), int(found[2]))
    if saying.hours is None:
        return f"{moment.hour}:{moment.minute:02}" if moment.minute else str(moment.hour)
    return saying.hours.format(hour=moment.hour, minutes=moment.minute or "").strip()


def _expanded(text: str, saying: Saying) -> str:
    for written, said in saying.abbreviations.items():
        edge = r"(?!\w)" if written[-1].isalnum() else ""
        start = r"(?<!\w)" if written[0].isalnum() else ""
        text = re.sub(start + re.escape(written) + edge, f" {said} " if not written[0].isalnum() else said, text)
    return text


@cache
def _saying(language: str) -> Saying:
    raw: Any = yaml.safe_load((Path(__file__).parent / "spoken.yaml").read_text("utf-8"))
    own = raw.get(language) or raw["others"]
    return Saying(own["abbreviations"], own.get("hours"))
