"""What stands in a message's slots: typed values, parsed and validated once, where they come in.

A value never goes through a translator: it is rendered in each language from its type (bot/followup/slot_words.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from bot.followup.templates import Slot, Template

LONGEST = {"name": 80, "place": 120, "words": 120}
IMPLICIT_MARKS = "\u200e\u200f\u061c"
EXPLICIT_MARKS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI", "B"}
YEARS = range(2000, 2101)
MOST_MINUTES, MOST_COUNTED, MOST_EUROS = 600, 999, 1_000_000


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year."""

    year: int
    month: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where to meet: one of the choices of ``lieux``, an address, or both. Never neither."""

    where: str | None
    address: str = ""


Value = str | date | time | Month | Place | int | Decimal | tuple[str, ...]
Slots = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class SlotFault:
    """One thing wrong with one slot. ``code`` is the catalog message ``followup.slot.<code>``; ``hint`` its remedy."""

    code: str
    slot: str
    value: object = ""
    hint: Mapping[str, str] = field(default_factory=dict)


class SlotError(ValueError):
    """Values that cannot fill a message: every fault of every slot."""

    def __init__(self, template: str, faults: Sequence[SlotFault]) -> None:
        self.template, self.faults = template, tuple(faults)
        super().__init__(f"{template}: " + "; ".join(f"{f.slot}: {f.code} ({f.value!r})" for f in self.faults))


class _Refused(ValueError):
    """Why one value is no value of its slot."""

    def __init__(self, code: str, **hint: str) -> None:
        self.code, self.hint = code, hint


def fill(template: Template, given: Mapping[str, object]) -> Slots:
    """The values of a message's slots, from text or already typed. Raises SlotError with every fault."""
    faults = [
        SlotFault("unknown", name, value, {"known": ", ".join(template.slots)})
        for name, value in given.items()
        if name not in template.slots
    ]
    filled: dict[str, Value] = {}
    for name, slot in template.slots.items():
        if given.get(name) in (None, ""):
            faults.append(SlotFault("missing", name, "", {"example": slot.example}))
            continue
        try:
            filled[name] = parse(slot, given[name])
        except _Refused as refused:
            faults.append(SlotFault(refused.code, name, given[name], {**refused.hint, "example": slot.example}))
    if faults:
        raise SlotError(template.id, faults)
    return MappingProxyType(filled)


def parse(slot: Slot, given: object) -> Value:
    """One value of a slot's kind."""
    if isinstance(given, str):
        given = unicodedata.normalize("NFC", given).strip()
        if any(unicodedata.category(c) == "Cc" or is_direction_mark(c) for c in given):
            raise _Refused("controls")
    return _PARSERS[slot.kind](slot, given)


def is_direction_mark(c: str) -> bool:
    """Whether a character changes the direction of text without being seen, or ends its paragraph."""
    return c in IMPLICIT_MARKS or unicodedata.bidirectional(c) in EXPLICIT_MARKS


def _line(slot: Slot, given: object) -> str:
    if not isinstance(given, str):
        raise _Refused("no_text")
    line = " ".join(given.split())
    if not any(c.isalnum() for c in line):
        raise _Refused("no_text")
    longest = LONGEST.get(slot.kind, 80)
    if len(line) > longest:
        raise _Refused("too_long", longest=str(longest))
    return line


def _place(slot: Slot, given: object) -> Place:
    if isinstance(given, Place):
        where, address = given.where or "", given.address
    else:
        where, _, address = (part.strip() for part in _line(slot, given).partition(","))
        if where not in slot.allowed and "_" not in where:  # what has no « _ » is no id: the whole is an address
            where, address = "", str(given)
    if where and where not in slot.allowed:
        raise _Refused("no_choice", allowed=", ".join(slot.allowed))
    return Place(where or None, _line(slot, address) if address or not where else "")


def _phone(_slot: Slot, given: object) -> str:
    digits = re.sub(r"[\s.\-/()]+", " ", given if isinstance(given, str) else "").strip()
    bare = digits.replace(" ", "")
    national = re.sub(r"^(\+33|0033)0?(?=[1-9]\d{8}$)", "0", bare)
    if re.fullmatch(r"0[1-9]\d{8}", national):
        return " ".join(re.findall("..", national))
    if re.fullmatch(r"\+[1-9]\d{7,14}|1\d{1,2}|3\d{3}|118\d{3}", bare, re.ASCII):
        return digits if bare.startswith("+") else bare
    raise _Refused("no_phone")


def _contact(slot: Slot, given: object) -> str:
    if isinstance(given, str) and re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", given, re.ASCII) and len(given) <= 120:
        return given
    try:
        return _phone(slot, given)
    except _Refused:
        raise _Refused("no_contact") from None


def _day(_slot: Slot, given: object) -> date:
    if isinstance(given, date) and not isinstance(given, datetime):
        day = given
    else:
        if not (match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)|(\d\d?)/(\d\d?)/(\d{4})", str(given), re.ASCII)):
            raise _Refused("no_day")
        numbers = [int(n) for n in match.groups() if n]
        try:
            day = date(*numbers) if match[1] else date(*reversed(numbers))
        except ValueError:
            raise _Refused("no_such_day") from None
    if day.year not in YEARS:
        raise _Refused("far_year", first=str(YEARS[0]), last=str(YEARS[-1]))
    return day


def _hour(_slot: Slot, given: object) -> time:
    if isinstance(given, time):
        return time(given.hour, given.minute)
    match = re.fullmatch(r"(\d\d?) ?(?:[:hH]) ?(\d\d)?", str(given), re.ASCII)
    if not match or int(match[1]) > 23 or int(match[2] or 0) > 59 or (match[2] is None and ":" in str(given)):
        raise _Refused("no_hour")
    return time(int(match[1]), int(match[2] or 0))


def _month(_slot: Slot, given: object) -> Month:
    if isinstance(given, Month):
        month = given
    elif match := re.fullmatch(r"(\d{4})-(\d\d)|(\d\d?)/(\d{4})", str(given), re.ASCII):
        month = Month(int(match[1] or match[4]), int(match[2] or match[3]))
    else:
        raise _Refused("no_month")
    if not 1 <= month.month <= 12:
        raise _Refused("no_month")
    if month.year not in YEARS:
        raise _Refused("far_year", first=str(YEARS[0]), last=str(YEARS[-1]))
    return month


def _whole(most: int) -> Callable[[Slot, object], int]:
    def whole(_slot: Slot, given: object) -> int:
        number = str(given)
        if isinstance(given, bool) or not re.fullmatch(r"[1-9]\d{0,5}", number, re.ASCII) or int(number) > most:
            raise _Refused("no_number", most=str(most))
        return int(number)

    return whole


def _amount(_slot: Slot, given: object) -> Decimal:
    written = re.sub(r"\s*(€|EUR)$|(?<=\d)\s(?=\d{3})", "", str(given))
    try:
        if not re.fullmatch(r"\d+([.,]\d{1,2})?", written, re.ASCII):
            raise _Refused("no_amount")
        amount = Decimal(written.replace(",", "."))
    except InvalidOperation:
        raise _Refused("no_amount") from None
    if amount > MOST_EUROS:
        raise _Refused("too_much", most=str(MOST_EUROS))
    return amount.quantize(Decimal("0.01"))


def _reference(_slot: Slot, given: object) -> str:
    if not isinstance(given, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9/_-]{0,29}", given):
        raise _Refused("no_reference")
    return given


def _choice(slot: Slot, given: object) -> str:
    if given not in slot.allowed:
        raise _Refused("no_choice", allowed=", ".join(slot.allowed))
    return str(given)


def _several(slot: Slot, given: object) -> tuple[str, ...]:
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, Sequence) or not parts:
        raise _Refused("no_choice", allowed=", ".join(slot.allowed))
    chosen = tuple(_choice(slot, part.strip() if isinstance(part, str) else part) for part in parts)
    if len(set(chosen)) < len(chosen):
        raise _Refused("twice")
    return chosen


_PARSERS: Mapping[str, Callable[[Slot, object], Value]] = {
    "name": _line,
    "words": _line,
    "place": _place,
    "phone": _phone,
    "contact": _contact,
    "day": _day,
    "hour": _hour,
    "month": _month,
    "minutes": _whole(MOST_MINUTES),
    "count": _whole(MOST_COUNTED),
    "amount": _amount,
    "reference": _reference,
    "choice": _choice,
    "several": _several,
}
