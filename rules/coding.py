"""A situation as a key: one small number for what is known of each trait.

Two situations with the same key are the same to the rules, so that what was found for one holds for the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta

from rules.situation import Situation, Value, bounds
from rules.traits import CLOSED, NO, STILL_OPEN, YES, Trait
from rules.vocabulary import Delays, Range, months_before

UNSAID = 0
MOST_CONTACTS, MOST_DAYS = 2000, 400  # days of contact, and of facts for each, whose spans are kept
_UNBOUNDED = 15
Cut = tuple[int, bool]


class Coding:
    """Writes the keys of situations for one ruleset's traits, with delays cut into ``cells``.

    A cell lies in one zone of each of the delays given: the text's own and, where a territory has a convention,
    those that it makes. A key has one byte a trait, then one a delay: whether its days are the ends of their cells.
    A fact is written once, at the place of one of its traits.
    """

    def __init__(self, traits: Mapping[str, Trait], *delays: Delays) -> None:
        self.cuts = tuple(sorted({(z.under, z.closed) for d in delays for z in d.zones if z.under is not None}))
        self._choices: dict[str, tuple[int, dict[Value, int]]] = {}
        self._known: dict[str, int] = {}
        self._days: dict[str, tuple[int, int]] = {}
        self._spans: dict[date, _Spans] = {}
        self._moment = self._orientation = -1
        self._counts = ("", "")
        for index, trait in enumerate(traits.values()):
            self._note(index, trait, len(traits) + len(self._days))
        self._blank = bytes(len(traits) + len(self._days) + 2)

    def _note(self, index: int, trait: Trait, free: int) -> None:
        fact = trait.facts[0]
        match trait.kind:
            case "choice":
                said: tuple[Value, ...] = (True, False) if trait.domain == (YES, NO) else trait.domain
                self._choices[fact] = (index, {value: letter for letter, value in enumerate(said, 1)})
            case "known":
                self._known[fact] = index
            case "delay":
                self._days.setdefault(fact, (index, free))
            case "orientation":
                self._orientation, self._counts = index, (fact, trait.facts[1])
            case "moment":
                self._moment = index

    def key(self, situation: Situation) -> bytes:
        """The key of what the situation says; ``aujourdhui`` and ``date_contact`` are known of every situation."""
        facts = situation.facts
        letters = bytearray(self._blank)
        contact, today = facts["date_contact"], facts.get("aujourdhui")
        if type(contact) is not date:
            raise TypeError("a situation has its date_contact: make it with rules.situation.parse")
        spans = self._spans.get(contact) or self._of_contact(contact)
        choices, days = self._choices, self._days
        for fact, value in facts.items():
            if fact in choices:
                index, letter = choices[fact]
                letters[index] = letter[value]
            elif fact in days:
                index, end = days[fact]
                letters[index], letters[end] = spans[value]
            elif fact in self._known:
                letters[self._known[fact]] = 1
        if contact != today and type(today) is date:
            letters[self._moment] = 1 if contact < today else 2
            if today < contact:
                letters[-2], letters[-1] = spans[today]
        count, states = self._counts
        if count in facts or states in facts:
            letters[self._orientation] = _orientation(facts.get(count), facts.get(states))
        return bytes(letters)

    def place(self, index: int, trait: Trait) -> int:
        """Where in a key the trait is told: what is known of it follows from that one letter."""
        fact = trait.facts[0]
        return self._days[fact][0] if trait.kind in ("delay", "known") and fact in self._days else index

    def _of_contact(self, contact: date) -> _Spans:
        if len(self._spans) >= MOST_CONTACTS:
            self._spans.clear()
        made = self._spans[contact] = _Spans(self.cuts, contact)
        return made


class _Spans(dict[Value, tuple[int, int]]):
    """The spans of days before a contact, worked out when they are first asked for."""

    def __init__(self, cuts: tuple[Cut, ...], contact: date) -> None:
        self.starts = _starts(cuts, contact)
        self[contact] = _span(self.starts, contact)

    def __missing__(self, value: Value) -> tuple[int, int]:
        if len(self) >= MOST_DAYS:
            self.clear()
        found = self[value] = _span(self.starts, value)
        return found


def _starts(cuts: tuple[Cut, ...], contact: date) -> list[int]:
    """The first day of each cell but the longest ago, as ordinals in growing order; then the contact's day."""
    first = [months_before(contact, months) + timedelta(days=0 if closed else 1) for months, closed in cuts]
    return [*(day.toordinal() for day in reversed(first)), contact.toordinal() + 1]


def _span(starts: list[int], value: Value) -> tuple[int, int]:
    """A day or a range of days -> the cells of its two bounds as one number, and which bounds end a cell."""
    if type(value) is date:
        day = value.toordinal()
        cell = bisect_right(starts, day)
        return 1 + 17 * cell, 5 * _end(starts, cell, day)
    if not isinstance(value, Range):
        raise TypeError(f"a day or a range of days, not {value!r}")
    earliest, latest = (b.toordinal() if isinstance(b, date) else None for b in bounds(value))
    first = _UNBOUNDED if earliest is None else bisect_right(starts, earliest)
    last = len(starts) if latest is None else bisect_right(starts, latest)
    ends = 0 if earliest is None else _end(starts, first, earliest)
    return 1 + 16 * first + last, ends + 4 * (0 if latest is None else _end(starts, last, latest))


def _end(starts: list[int], cell: int, day: int) -> int:
    """1 for the first day of its cell, 2 for its last day, 3 for both, 0 inside."""
    first = cell > 0 and starts[cell - 1] == day
    last = cell < len(starts) and starts[cell] == day + 1
    return first + 2 * last


def _orientation(count: Value | None, states: Value | None) -> int:
    """What tells apart the counts and the lists that the trait reads differently; see `traits.orientation`."""
    if count is None and states is None:
        return UNSAID
    least, most = bounds(count)
    listed = states if isinstance(states, tuple) else ()
    covered = not isinstance(least, int) or least <= len(listed)
    letter = 1 + (count is not None) + 2 * (states is not None) + 4 * (most == 0) + 8 * bool(least)
    return letter + 16 * _listed(listed) + 64 * covered


def _listed(states: tuple[str, ...]) -> int:
    """0 for no orientation listed, 1 where one is still open, 2 where all are closed, 3 else."""
    if not states:
        return 0
    if not STILL_OPEN.isdisjoint(states):
        return 1
    return 2 if CLOSED.issuperset(states) else 3
