"""The facts of a logged question on one line, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from babel.dates import format_date, format_skeleton

from bot.wording import Wording

LEFT_OUT = frozenset({"aujourdhui", "date_contact"})
MONTH, DAY = re.compile(r"(\d{4})-(\d{2})", re.ASCII), re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def facts_line(facts: Mapping[str, object], words: Wording) -> str:
    """Each fact but the day it was asked on; a day known as a range by its bounds, a month as a month."""
    return " · ".join(_fact(name, value, words) for name, value in facts.items() if name not in LEFT_OUT)


def _fact(name: str, value: object, words: Wording) -> str:
    return words("fact.said", fact=words(f"fact.{name}"), value=_value(name, value, words))


def _value(name: str, value: object, words: Wording) -> str:
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, Mapping):
        first, last = (_when(str(value[bound]), words) if value.get(bound) else "…" for bound in ("from", "to"))
        return f"{first} – {last}"
    if isinstance(value, list | tuple):
        return str(len(value))
    said = f"value.{name}.{value}"
    return words(said) if words.has(said) else _when(str(value), words)


def _when(text: str, words: Wording) -> str:
    """A day or a month as it is written; anything else as it is."""
    if DAY.fullmatch(text):
        return format_date(date.fromisoformat(text), "d MMM y", words.locale)
    if month := MONTH.fullmatch(text):
        return format_skeleton("yMMM", date(int(month[1]), int(month[2]), 1), locale=words.locale)
    return text
