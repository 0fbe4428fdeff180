"""The words that guards look for: negations and small numbers (words.yaml), terms (glossary.yaml), days and months."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

from rules.yaml_text import mapping_in, read_text

HERE = Path(__file__).parent
MONTHS_TOO = {
    "ar": {
        "جانفي|كانون الثاني": 1, "فيفري|شباط": 2, "آذار": 3, "أفريل|نيسان|إبريل": 4, "ماي|أيار": 5,
        "جوان|حزيران": 6, "جويلية|تموز": 7, "أوت|آب|غشت": 8, "شتنبر|أيلول": 9, "تشرين الأول": 10,
        "نونبر|تشرين الثاني": 11, "دجنبر|كانون الأول": 12,
    },
}  # fmt: skip
WEEKDAYS_TOO = {
    "ar": {"الإثنين": 0, "الاربعاء": 2},
    "fa": {"سه شنبه": 1, "چهار شنبه": 2, "پنج شنبه": 3, "یک شنبه": 6, "دو شنبه": 0, "یک‌شنبه": 6, "دو‌شنبه": 0,
           "چهار‌شنبه": 2, "پنج‌شنبه": 3, "سهشنبه": 1},
    "ps": {"دوشنبه": 0, "سه شنبه": 1, "سه‌شنبه": 1, "چهارشنبه": 2, "پنجشنبه": 3, "شنبه": 5, "یکشنبه": 6,
           "د جمعې": 4, "جمعې": 4},
    "pt": {"segunda": 0, "terça": 1, "quarta": 2, "quinta": 3, "sexta": 4},
    "sq": {"hënën": 0, "martën": 1, "mërkurën": 2, "enjten": 3, "premten": 4, "shtunën": 5, "dielën": 6, "të hënë": 0,
           "të martë": 1, "të mërkurë": 2, "të enjte": 3, "të premte": 4, "të shtunë": 5, "të diel": 6},
    "uk": {"п'ятниц": 4, "п’ятниц": 4, "пʼятниц": 4, "понеділ": 0, "середу": 2, "неділю": 6, "суботу": 5},
    "ru": {"понедельник": 0, "среду": 2, "среды": 2, "пятниц": 4, "суббот": 5, "воскресень": 6},
    "ro": {"marţi": 1, "sambata": 5, "duminica": 6, "joia": 3, "lunea": 0, "martea": 1, "vinerea": 4},
}  # fmt: skip
NO_WEEKDAYS = {"ro": r"(?:\d+|două|trei|patru|cinci|șase|șapte|opt|nouă|zece|câteva) (?:de )?luni"}  # months
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
def words_of(language: str) -> Words:
    raw = mapping_in("words.yaml", read_text(HERE, "words.yaml"))
    said = next((one for code, one in raw.items() if base(code) == base(language)), None)
    if not isinstance(said, dict):
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
    unclear, known = (tuple(map(str, raw[key])) for key in ("unclear", "known"))  # type: ignore[arg-type]
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
    for forms, n in MONTHS_TOO.get(base(language), {}).items():
        names[n] += forms.split("|")
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
    names |= WEEKDAYS_TOO.get(base(language), {})
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
    if other := NO_WEEKDAYS.get(base(language)):
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
