"""Button data: ids within 64 bytes, written and read in one place. A button of an earlier turn is out of date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rules.interview import TYPED, UNKNOWN, Step

KINDS = {
    "a": "answer",
    "m": "more",
    "b": "back",
    "r": "restart",
    "c": "correct",
    "l": "language",
    "h": "help",
    "w": "why",
    "q": "ask",
    "d": "contest",
    "t": "resume",
    "y": "confirm",
    "n": "refuse",
    "x": "leave_out",
    "s": "listen",
}
LETTERS = {kind: letter for letter, kind in KINDS.items()}
DATA = re.compile(rf"([{''.join(KINDS)}]):(\d{{1,9}}):([A-Za-z0-9_\-]{{0,48}})", re.ASCII)
FRENCH_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says: its kind, the turn it was shown in, and a choice, question, fact or language id."""

    kind: str
    turn: int
    value: str


def press_data(kind: str, turn: int, value: str = "") -> str:
    """The data of a button."""
    return f"{LETTERS[kind]}:{turn}:{value}"


def read_press(data: str) -> Press | None:
    """What the data of a pressed button says; None when no button of ours has such data."""
    found = DATA.fullmatch(data)
    return Press(KINDS[found[1]], int(found[2]), found[3]) if found else None


def typed_choice(text: str, step: Step) -> str | None:
    """The choice that was typed: its number in the list, 0 for « je ne sais pas », or a day where one is asked."""
    typed = text.strip()
    if step.question is None:
        return None
    if re.fullmatch(r"[0-9]{1,2}", typed):
        number = int(typed)
        if number == 0:
            return UNKNOWN
        return step.choices[number - 1].id if number <= len(step.choices) else None
    day = _day(typed) if step.question.delay else None
    return None if day is None else f"{TYPED}{day}"


def _day(text: str) -> str | None:
    """``21/04/2026`` or ``2026-04-21`` as an ISO day; what is no day stays as typed, to be refused in words."""
    if french := FRENCH_DAY.fullmatch(text):
        day, month, year = (int(part) for part in french.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return text[:10]
    return text if ISO_DAY.fullmatch(text) else None
