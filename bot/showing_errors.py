"""Errors as a visitor reads them: facts by their names, days in full, the remedy beside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.messages import Text
from bot.presses import ISO_DAY
from bot.rendering import error_text, hint_text
from rules.errors import SituationError


def error_lines(error: SituationError) -> list[Text]:
    """What is wrong with what was said, and the remedy."""
    return [_in_words(text) for e in error.errors for text in (error_text(e), hint_text(e))]


def _in_words(error: Text) -> Text:
    """An error about dates, as a visitor reads it: facts by their names, days in full."""
    return replace(error, params={name: _worded(value) for name, value in error.params.items()})


def _worded(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.startswith("date_"):
        return Text(f"fact.{value}")
    try:
        return Text("chat.day", {"day": date.fromisoformat(value)}) if ISO_DAY.fullmatch(value) else value
    except ValueError:
        return value
