"""The words that guards look for: negations and small numbers (words.yaml), terms (glossary.yaml), days and months."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from babel import Locale, UnknownLocaleError

from rules.yaml_text import mapping_in, read_text

HERE = Path(__file__).parent
INFLECTED = ("uk", "ru", "tr", "bn", "ro")
PREFIXED = {"ar": "[وفبلك]?"}
JOINED = r"\w\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u200c\u200d"  # letters, their marks
WORD = re.compile(rf"[{JOINED}]+")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language: a negation, and each small number with its value."""

    negation: re.Pattern[str] | None
    numbers: tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Every term to leave as it is, and those that say nothing to a household."""

    pattern: re.Pattern[str]
    unclear: frozenset[str]


def base(language: str) -> str:
    return language.split("-")[0].lower()


@cache
def locale_of(language: str) -> Locale | None:
    """What CLDR knows of a language; None where it knows nothing."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


@cache
def _said(language: str) -> Mapping[str, Any]:
    """What words.yaml has of a language; nothing for one that it does not have."""
    raw = mapping_in("words.yaml", read_text(HERE, "words.yaml"))
    return next((one for code, one in raw.items() if base(code) == base(language) and isinstance(one, dict)), {})


@cache
def words_of(language: str) -> Words:
    said = _said(language)
    if not said:
        return Words(None, ())
    forms = [re.escape(word) for word in said["not"]] + list(said.get("not_in", ()))
    negation = re.compile(rf"(?<![{JOINED}])(?:{'|'.join(forms)})(?![{JOINED}])", re.IGNORECASE)
    numbers = tuple(
        (_whole(word.split("|"), re.IGNORECASE), str(value)) for value, word in enumerate(said["numbers"], start=2)
    )
    return Words(negation, numbers)


@cache
def terms() -> Terms:
    raw = mapping_in("glossary.yaml", read_text(HERE, "glossary.yaml"))
    unclear, known = (cast("list[str]", raw[key]) for key in ("unclear", "known"))
    return Terms(_whole([*unclear, *known]), frozenset(unclear))


@cache
def months_of(language: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    """A pattern for each month's names, with its number; in English only with a capital: « may » is a verb."""
    locale = locale_of(language)
    if locale is None:
        return ()
    names: dict[int, list[str]] = {n: [] for n in range(1, 13)}
    for form in ("format", "stand-alone"):
        for n, name in locale.months[form]["wide"].items():
            names[n].append(name)
    for n, more in _said(language).get("months", {}).items():
        names[n] += more
    flags = 0 if base(language) == "en" else re.IGNORECASE
    after, before = _tail(language), PREFIXED.get(base(language), "")
    return tuple((_whole(found, flags, after, before), n) for n, found in names.items())


@cache
def weekdays_of(language: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    """Patterns for the names of days with the day's number (0 is Monday), the longest names first."""
    locale = locale_of(language)
    if locale is None:
        return ()
    names = {name.lower(): n for n, name in locale.days["format"]["wide"].items()}
    names |= {name: n for n, more in _said(language).get("weekdays", {}).items() for name in more}
    before = PREFIXED.get(base(language), "")
    return tuple(
        (
            _whole(
                [name, f"لل{name[2:]}"] if base(language) == "ar" else [name], re.IGNORECASE, _tail(language), before
            ),
            n,
        )
        for name, n in sorted(names.items(), key=lambda one: -len(one[0]))
    )


def weekdays_in(text: str, language: str) -> set[int]:
    """The days of the week that a text names."""
    found = set()
    if other := _said(language).get("no_weekday"):
        text = re.sub(other, " ", text, flags=re.IGNORECASE)
    for pattern, n in weekdays_of(language):
        text, count = pattern.subn(" ", text)
        if count:
            found.add(n)
    return found


def _tail(language: str) -> str:
    """What may follow a name's letters: endings of languages that inflect it."""
    return (
        rf"[{JOINED}'’ʼ]{{0,4}}"
        if base(language) in INFLECTED
        else r"(?:s|ë|in|it|n)?"
        if base(language) == "sq"
        else ""
    )


def _whole(forms: list[str], flags: int = 0, after: str = "", before: str = "") -> re.Pattern[str]:
    listed = "|".join(re.escape(form) for form in sorted(set(forms), key=len, reverse=True))
    return re.compile(rf"(?<![{JOINED}+]){before}(?:{listed}){after}(?![{JOINED}+])", flags)
