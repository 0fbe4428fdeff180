"""Values, names and terms do not go through the engine: a letter stands for each, and its value comes back after.

The letters are Cherokee, of none of our languages: a model either learned to carry them or copies what it does not
know. Where one does not come back exactly once, the text is held.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency

from bot.followup.slot_words import FSI, LRI, MONTH_NAMES_DIFFER, PDI, month_is_written
from bot.followup.slots import is_direction_mark
from bot.translation.doubts import Doubt
from bot.translation.lexicon import base, locale_of, months_of, terms, weekdays_in
from bot.translation.values import Day, Found, values_in

LETTERS = "ᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫ"
CAPITAL = "A-ZÀ-ÖØ-ÞŞĞİĂȘȚŢА-ЯЁЄІЇҐ"
PROPER = re.compile(rf"(?<=[\w,;:)»] )[{CAPITAL}][\w’'-]+(?: (?:de |du |la |el |Al-)?[{CAPITAL}][\w’'-]+)*")
NO_NAMES = {"I'm", "I've", "I’m", "I’ve", "Monsieur", "Madame", "Mesdames", "Messieurs", "Mr", "Mrs", "Ms", "Dr"} | {
    *("Mme", "Mlle", "French", "English", "Ok")
}


@dataclass(frozen=True, slots=True)
class Protected:
    """A sentence with letters, and what each stands for, in order."""

    text: str
    values: tuple[Found, ...]

    @property
    def has_words(self) -> bool:
        """Whether anything is left to translate."""
        return any(c.isalpha() and c not in LETTERS for c in self.text)


def protect(sentence: str, language: str, names: Sequence[str] = ()) -> Protected:
    """The sentence as the engine gets it. ``names``: those known from elsewhere."""
    kept = (*_named(sentence, names), *_terms(sentence), *_proper(sentence, language))
    found = _apart([*kept, *values_in(sentence, language)])
    said, at = "", 0
    for letter, one in zip(LETTERS, found, strict=False):
        said += sentence[at : one.start] + letter
        at = one.end
    return Protected(said + sentence[at:], tuple(found))


def restore(translated: str, values: Sequence[Found], language: str) -> tuple[str, tuple[Doubt, ...]]:
    """The translation with its values as its language writes them, and what happened to them."""
    doubts = list(_lost(translated, values))
    if len(values) > len(LETTERS):
        doubts.append(Doubt("too_many_values", {"most": len(LETTERS)}))
    for letter, one in zip(LETTERS, values, strict=False):
        translated = translated.replace(letter, written(one, language))
    return re.sub(f"[{LETTERS}]", "…", translated), tuple(doubts)


def written(found: Found, language: str) -> str:
    """A value as a language writes it, isolated in right-to-left text."""
    words = _words(found, language)
    locale = locale_of(language)
    rtl = locale is not None and locale.text_direction == "rtl"
    if not rtl and not any(unicodedata.bidirectional(c) in ("R", "AL") for c in words):
        return words
    return f"{FSI if found.kind in ('name', 'term', 'day') else LRI}{words}{PDI}"


def _words(found: Found, language: str) -> str:
    value, locale = found.value, locale_of(language)
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02}"
    if locale is not None and isinstance(value, Decimal):
        euros = format_currency(value, "EUR", locale=locale, numbering_system="latn")
        return "".join(c for c in euros if not is_direction_mark(c))
    if locale is not None and isinstance(value, Day):
        return _day(value, locale, language)
    return str(value)


def _day(value: Day, locale: Locale, language: str) -> str:
    """As in the messages: the month in a word where dd/mm may be misread, never in Arabic."""
    weekday = "" if value.weekday is None else f"{locale.days['format']['wide'][value.weekday]} "
    if month_is_written(locale) and base(language) not in MONTH_NAMES_DIFFER:
        year = f" {value.year}" if value.year else ""
        return f"{weekday}{value.day} {locale.months['format']['wide'][value.month]}{year}"
    return f"{weekday}{value.day:02}/{value.month:02}" + (f"/{value.year}" if value.year else "")


def _named(sentence: str, names: Sequence[str]) -> Iterator[Found]:
    for name in names:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", sentence) if name else ():
            yield Found("name", match.start(), match.end(), name, name)


def _terms(sentence: str) -> Iterator[Found]:
    for match in terms().pattern.finditer(sentence):
        yield Found("term", match.start(), match.end(), match[0], match[0])


def _proper(sentence: str, language: str) -> Iterator[Found]:
    """Capitalised words inside a sentence, but for days, months and what is written in capitals alone."""
    for match in PROPER.finditer(sentence):
        said = match[0]
        known = said in NO_NAMES or weekdays_in(said, language) or any(p.search(said) for p, _ in months_of(language))
        if said[0].isupper() and not said.isupper() and not known:
            yield Found("name", match.start(), match.end(), said, said)


def _apart(found: list[Found]) -> list[Found]:
    """In order, the earlier of two that overlap; of two at one place the longer."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _lost(translated: str, values: Sequence[Found]) -> Iterator[Doubt]:
    places: dict[str, list[int]] = {}
    for n, letter in enumerate(LETTERS):
        count = translated.count(letter)
        if n >= len(values):
            if count:
                yield Doubt("value_invented")
        elif count != 1:
            yield Doubt("value_lost" if count == 0 else "value_repeated", {"value": values[n].text})
        else:
            places.setdefault(values[n].kind, []).append(translated.index(letter))
    for kind, order in places.items():
        if order != sorted(order):
            moved = ", ".join(one.text for one in values if one.kind == kind)
            yield Doubt("values_moved", {"values": moved})
