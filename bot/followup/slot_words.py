"""A typed value -> its words in a language, by CLDR: Latin digits, 24 hours, euros, isolated where directions meet."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, get_date_format, get_day_names
from babel.numbers import format_currency

from bot.followup.catalog import Catalog
from bot.followup.catalog_text import MINUTES
from bot.followup.slots import Month, Place, Slots, Value, is_direction_mark
from bot.followup.templates import CHOICE, PLACES, SEVERAL, Slot, choice_message

FSI, LRI, PDI = "\u2068", "\u2066", "\u2069"
MONTH_NAMES_DIFFER = {"ar"}  # January is جانفي in Algeria and كانون الثاني in Syria


def written(slot: Slot, value: Value, words: Catalog) -> str:
    """The words of a value in the catalog's language, balanced isolates around them in right-to-left text.

    The value is one that ``slots.parse`` gave for this slot. Raises CatalogError where the catalog has no words for a
    choice.
    """
    return _WRITERS[slot.kind](slot, value, words)


def all_written(slots: Mapping[str, Slot], values: Slots, words: Catalog) -> dict[str, str]:
    return {name: written(slot, values[name], words) for name, slot in slots.items()}


def month_is_written(locale: Locale) -> bool:
    """Whether dd/mm/yyyy may be misread: the language's own short date does not go day, month, year."""
    pattern = get_date_format("short", locale=locale).pattern.lower()
    return not pattern.find("d") < pattern.find("m") < pattern.find("y")


def isolated(text: str, words: Catalog, opening: str = FSI) -> str:
    """The text in isolates in right-to-left text, and wherever it has right-to-left letters itself."""
    crosses = words.right_to_left or any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
    return f"{opening}{text}{PDI}" if crosses else text


def _text(_slot: Slot, value: object, words: Catalog) -> str:
    return isolated(str(value), words)


def _figures(_slot: Slot, value: object, words: Catalog) -> str:
    return isolated(str(value), words, LRI) if words.right_to_left else str(value)


def _day(slot: Slot, value: date, words: Catalog) -> str:
    weekday, month = _calendar(words.language)
    if month:
        return isolated(f"{weekday[value.weekday()]} {value.day} {month[value.month]} {value.year}", words)
    text = f"{weekday[value.weekday()]} {_figures(slot, f'{value:%d/%m/%Y}', words)}"
    return isolated(text, words)


@cache
def _calendar(language: str) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """The names of the days, and those of the months where a day is written with its month's name."""
    locale = Locale.parse(language, sep="-")
    months = locale.months["format"]["wide"] if month_is_written(locale) else {}
    return get_day_names("wide", locale=locale), months


def _hour(slot: Slot, value: time, words: Catalog) -> str:
    return _figures(slot, f"{value.hour}:{value.minute:02}", words)


def _month(slot: Slot, value: Month, words: Catalog) -> str:
    if words.locale.language in MONTH_NAMES_DIFFER:
        return _figures(slot, f"{value.month:02}/{value.year}", words)
    return isolated(format_date(date(value.year, value.month, 1), "LLLL y", locale=words.locale), words)


def _minutes(_slot: Slot, value: int, words: Catalog) -> str:
    return isolated(words.counted(MINUTES, value), words)


def _amount(slot: Slot, value: Decimal, words: Catalog) -> str:
    euros = format_currency(value, "EUR", locale=words.locale, numbering_system="latn")
    return _figures(slot, "".join(c for c in euros if not is_direction_mark(c)), words)


def _place(slot: Slot, value: Place, words: Catalog) -> str:
    address = isolated(value.address, words) if value.address else ""
    if value.where is None:
        return address
    where = isolated(words.text(choice_message(PLACES, value.where)), words)
    return f"{where} ({address})" if address else where


def _choice(slot: Slot, value: str, words: Catalog) -> str:
    return isolated(words.text(choice_message(slot.choices, value)), words)


def _several(slot: Slot, value: tuple[str, ...], words: Catalog) -> str:
    return "\n".join(f"- {_choice(slot, one, words)}" for one in value)


_WRITERS: Mapping[str, Callable[[Slot, object, Catalog], str]] = {
    "name": _text,
    "words": _text,
    "place": _place,
    "phone": _figures,
    "contact": _figures,
    "reference": _figures,
    "count": _figures,
    "day": _day,
    "hour": _hour,
    "month": _month,
    "minutes": _minutes,
    "amount": _amount,
    CHOICE: _choice,
    SEVERAL: _several,
}
