"""The values in free text: days, hours, amounts, phone and other numbers, web addresses; in digits of any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from functools import cache

from bot.translation.lexicon import base, months_of, weekdays_of

MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c"))
SIGNS = {"٫": ",", "٬": " ", "\u00a0": " ", "\u202f": " ", "٪": "%"}
EURO = r"(?:€|euros?\b|eur\b|евро|євро|يورو|یورو|avro|ইউরো)"
FIGURE = r"\d{1,3}(?:[ .,'’]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
PROMISING = re.compile(r"\d|@|://|www\.")
LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+|00)\d{1,3}[ .\-]?(?:\(0\))?\d(?:[ .\-]?\d){6,11}|0[1-9](?:[ .\-]?\d\d){4})(?!\d)"
)
NUMERIC_DAY = re.compile(r"(?<![\d/.,:])(\d{1,2})([/.\-])(\d{1,2})(?:\2(\d{4}|\d\d))?(?![\d/])(?![.,]\d)")
ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
HALVES = re.compile(r"(?<![\d:])(\d{1,2})(?::(\d\d))? ?([ap])\.?m\b\.?", re.IGNORECASE)
HOUR = re.compile(r"(?<![\d:.,])([01]?\d|2[0-3])(?: ?[hH] ?([0-5]\d)?|:([0-5]\d))(?![\w:])")
AMOUNT = re.compile(rf"(?<![\d.,])(?:(?:€|EUR) ?({FIGURE})(?!\d)|({FIGURE}) ?{EURO})", re.IGNORECASE)
NUMBER = re.compile(rf"(?<![\d])(?:{FIGURE})(?: ?%)?")
LONGEST_WEEKDAY = 30
LASTING = re.compile(r"(?:\bdur\w*|\bpendant|\benviron|\bfor|\blast\w*|\bprend\w*|\btakes?) (?:\w+ )?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month, with its year and day of the week (0 is Monday) where they are said."""

    day: int
    month: int
    year: int | None = None
    weekday: int | None = None

    @property
    def contradicts_itself(self) -> bool:
        """Whether that day of that year is another day of the week."""
        if self.year is None or self.weekday is None:
            return False
        return date(self.year, self.month, self.day).weekday() != self.weekday


Value = str | Day | time | Decimal


@dataclass(frozen=True, slots=True)
class Found:
    """A value where it stands. ``kind``: link, phone, day, hour, amount, number; name or term where protected."""

    kind: str
    start: int
    end: int
    value: Value
    text: str


def latin(text: str) -> str:
    """The text with Latin digits and plain blanks, as long as before."""
    return "".join(SIGNS.get(c) or (str(d) if (d := unicodedata.decimal(c, None)) is not None else c) for c in text)


def plain(text: str) -> str:
    """The text without direction marks, with Latin digits."""
    return latin(text.translate(MARKS))


def values_in(text: str, language: str) -> tuple[Found, ...]:
    """Every value of a text of this language, in order; none overlaps another."""
    flat, found = latin(text), []
    if not PROMISING.search(flat):
        return ()
    for kind, pattern, read in _readers(language):
        new = []
        for match in pattern.finditer(flat):
            value = read(match)
            if value is not None:
                new.append(_with_weekday(Found(kind, match.start(), match.end(), value, match[0]), flat, language))
        flat = _without(flat, new) if new else flat
        found += new
    return tuple(sorted(found, key=lambda one: one.start))


def _without(flat: str, found: Sequence[Found]) -> str:
    """The text, as long as before, without what was found in it."""
    kept, at = [], 0
    for one in found:
        kept += [flat[at : one.start], "\0" * (one.end - one.start)]
        at = one.end
    return "".join(kept) + flat[at:]


def is_ambiguous(found: Found, language: str) -> bool:
    """Whether a day is written so that an English reader may take its month for its day."""
    day = found.value
    if not isinstance(day, Day) or base(language) != "en" or not NUMERIC_DAY.search(found.text):
        return False
    return day.day <= 12 and day.day != day.month


def decimal_of(figure: str) -> Decimal:
    """1 250,50 or 1,250.50 or 1.250 -> the number: a lone mark before three digits groups them."""
    bare = re.sub(r"[ '’]", "", figure)
    if re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", bare):
        return Decimal(re.sub(r"[.,]", "", bare))
    whole, mark, part = bare.rpartition(max(".,", key=bare.rfind)) if re.search("[.,]", bare) else (bare, "", "")
    return Decimal(re.sub(r"[.,]", "", whole) + (f".{part}" if mark else ""))


def _with_weekday(found: Found, flat: str, language: str) -> Found:
    """« jeudi 12 mars »: the day of the week that stands right before a day is a part of it."""
    if not isinstance(found.value, Day):
        return found
    near = max(0, found.start - LONGEST_WEEKDAY)
    for pattern, n in _weekdays_before(language):
        if before := pattern.search(flat[near : found.start]):
            start = near + before.start()
            return Found(found.kind, start, found.end, replace(found.value, weekday=n), flat[start : found.end])
    return found


@cache
def _weekdays_before(language: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    """The days of the week at the end of what stands before a day."""
    between = ",? ?(?:le |the |el )?$"
    return tuple((re.compile(pattern.pattern + between, pattern.flags), n) for pattern, n in weekdays_of(language))


Reader = Callable[[re.Match[str]], Value | None]


@cache
def _readers(language: str) -> tuple[tuple[str, re.Pattern[str], Reader], ...]:
    """What finds each kind of value and reads it, in the order in which they are tried."""
    return tuple(_every_reader(language))


def _every_reader(language: str) -> Iterator[tuple[str, re.Pattern[str], Reader]]:
    yield "link", LINK, lambda m: m[0]
    yield "phone", PHONE, _phone
    yield "day", ISO_DAY, lambda m: _day(m[3], m[2], m[1])
    for pattern, month in months_of(language):
        name, flags = pattern.pattern, pattern.flags & re.IGNORECASE
        ordinal, year = r"(?:er|st|nd|rd|th|º|ª|\.|-?го|-?е)?", r"(?:,? (?:de |del )?(\d{4}))?(?!\d)"
        first = re.compile(rf"(?<!\d)(\d{{1,2}}){ordinal} ?(?:of |de |d['’])?{name}{year}", flags)
        yield "day", first, lambda m, month=month: _day(m[1], str(month), m[2])  # type: ignore[misc]
        if base(language) == "en":
            later = re.compile(rf"{name} (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?(?![\d:])", flags)
            yield "day", later, lambda m, month=month: _day(m[1], str(month), m[2])  # type: ignore[misc]
    yield "day", NUMERIC_DAY, lambda m: _day(m[1], m[3], m[4]) if m[4] or m[2] == "/" else None
    yield "hour", HALVES, _half
    yield "hour", HOUR, _hour
    yield "amount", AMOUNT, lambda m: decimal_of(m[1] or m[2])
    yield "number", NUMBER, lambda m: m[0].replace(" ", "") if m[0].endswith("%") else m[0]


def _phone(match: re.Match[str]) -> str:
    digits = re.sub(r"[^\d+]", "", match[0].replace("(0)", ""))
    national = re.sub(r"^(?:\+33|0033)(?=[1-9]\d{8}$)", "0", digits)
    return " ".join(re.findall("..", national)) if re.fullmatch(r"0[1-9]\d{8}", national) else digits


def _day(day: str, month: str, year: str | None) -> Day | None:
    d, m = int(day), int(month)
    if not (1 <= m <= 12 and 1 <= d <= (29 if m == 2 else 30 if m in (4, 6, 9, 11) else 31)):
        return None
    y = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
    return None if y is not None and not _exists(d, m, y) else Day(d, m, y)


def _exists(day: int, month: int, year: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _hour(match: re.Match[str]) -> time | None:
    if match[2] is None and match[3] is None and LASTING.search(match.string[: match.start()]):
        return None  # « dure 2 h » is no time of the day
    return time(int(match[1]), int(match[2] or match[3] or 0))


def _half(match: re.Match[str]) -> time | None:
    hour, minute = int(match[1]), int(match[2] or 0)
    if not 1 <= hour <= 12 or minute > 59:
        return None
    return time(hour % 12 + (12 if match[3].lower() == "p" else 0), minute)
