"""The messages to households language by language: their review states, what may leave, what readers said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.storage.readings import Reading
from bot.followup.catalog import DRAFT, MISSING, REVIEWED, STALE, catalog, household_languages, language_name
from bot.followup.catalog_text import parts
from bot.followup.departure import WORST_FIRST, Departure, may_leave
from bot.followup.reading import seen
from bot.followup.templates import Template, templates
from bot.wording import SOURCE_LANGUAGE
from rules.load_territory import MESSAGE_KINDS
from rules.model import Convention, Territory

STATES = (REVIEWED, DRAFT, STALE, MISSING)


@dataclass(frozen=True, slots=True)
class Row:
    """A language: how many messages are in each state, and how many have a recording."""

    language: str
    name: str
    states: Counter[str]
    recorded: int


@dataclass(frozen=True, slots=True)
class Line:
    """A message in a language: its state, whether it may leave, whether a person recorded it."""

    template: Template
    departure: Departure
    recorded: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reader said, and whether it is of the words as they are now."""

    reading: Reading
    current: bool


def translated() -> tuple[str, ...]:
    """The languages beside French."""
    return tuple(code for code in household_languages() if code != SOURCE_LANGUAGE)


def lines_of(language: str, territory: Territory | None, recorded: frozenset[str]) -> list[Line]:
    """Every message in a language."""
    return [Line(one, may_leave(one, language, territory), one.id in recorded) for one in templates()]


def rows_of(table: Mapping[str, Sequence[Line]]) -> list[Row]:
    """Each language, summed up."""
    return [
        Row(
            code,
            language_name(code),
            Counter(one.departure.state for one in lines),
            sum(one.recorded for one in lines),
        )
        for code, lines in table.items()
    ]


def other_parts(language: str) -> Iterator[tuple[str, str]]:
    """What is no message (lists of choices, the page's words, questions), each with its worst state."""
    french, read = catalog(SOURCE_LANGUAGE), catalog(language)
    for part, keys in parts(templates()).items():
        if part in templates().by_id:
            continue
        states = {read.entries[k].state(french.entries[k]) if k in read.entries else MISSING for k in keys}
        yield part, min(states, key=WORST_FIRST.index)


def heard_of(readings: Sequence[Reading], language: str, part: str | None = None) -> list[Heard]:
    """What readers of a language said, of one part or of all, the last first."""
    french, read, known = catalog(SOURCE_LANGUAGE), catalog(language), parts(templates())
    found = []
    for one in reversed(readings):
        told = one.verdict
        if told.language != language or (part is not None and told.part != part):
            continue
        current = told.part in known and seen(told.part, read, french, templates()) == told.seen
        found.append(Heard(one, current))
    return found


def policy_of(territory: Territory | None) -> list[tuple[str, Convention | None]]:
    """From which state each kind of message may leave, as the territory decided; None where it did not."""
    return [(kind, territory.messages.get(kind) if territory else None) for kind in MESSAGE_KINDS]
