"""What lasts of a conversation: the protocol that `respond` needs, and a journal in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where one asker stands in one channel. ``interview`` is the Interview as plain JSON values, or None.

    ``turn`` grows by one with every question shown: a button of an earlier turn is out of date.
    ``household``: the reference of the case that the question is about. ``asking``: the question shown last, while
    there is no answer. ``proposed``: what was understood of what was told, and waits for a yes (plain JSON values).
    """

    key: str
    channel: str
    language: str
    territory: str | None
    turn: int = 0
    interview: Mapping[str, object] | None = None
    answer_token: str | None = None
    household: str | None = None
    asking: str | None = None
    proposed: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A finished question. ``facts`` are contract facts without free text; ``answer`` is the contract's object.

    ``asker`` is a keyed hash. ``token`` names the answer's address. ``replaces``: the token of the answer that a
    correction took the place of. ``rules``: the rules, or contradictions, that gave the answer.
    """

    token: str
    interview: str
    asked_at: datetime
    channel: str
    language: str
    territory: str | None
    asker: str
    ruleset_version: str
    facts: Mapping[str, object]
    answer: Mapping[str, object]
    replaces: str | None = None
    rules: tuple[str, ...] = ()


class Journal(Protocol):
    """One unit of work: the caller opens and commits it around one event."""

    def seen(self, channel: str, event: str) -> Mapping[str, object] | None:
        """The reply recorded for an event already taken in (as JSON values), or None for a new one."""

    def record(self, channel: str, event: str, reply: Mapping[str, object]) -> None:
        """Record that the event was taken in, with the reply it got. Raises DuplicateEvent if it already was."""

    def dialogue(self, key: str) -> Dialogue | None:
        """The dialogue under this key (a keyed hash), or None."""

    def keep(self, dialogue: Dialogue) -> None:
        """Insert or update the dialogue."""

    def abandon(self, key: str, question: str, answered: int) -> None:
        """Note that the interview of the kept dialogue under this key was left at a question, so many being answered.

        Nothing of who asked is kept.
        """

    def log(self, enquiry: Enquiry) -> None:
        """Append a finished question."""

    def enquiry(self, token: str) -> Enquiry | None:
        """The finished question under this token, or None."""


class DuplicateEvent(Exception):
    """The event was already recorded by another delivery of the same update."""


@dataclass
class MemoryJournal:
    """A journal that lasts as long as the process: for the terminal without a database, and for tests."""

    events: dict[tuple[str, str], Mapping[str, object]] = field(default_factory=dict)
    dialogues: dict[str, Dialogue] = field(default_factory=dict)
    enquiries: list[Enquiry] = field(default_factory=list)
    abandoned: list[tuple[str, int]] = field(default_factory=list)

    def seen(self, channel: str, event: str) -> Mapping[str, object] | None:
        return self.events.get((channel, event))

    def record(self, channel: str, event: str, reply: Mapping[str, object]) -> None:
        if (channel, event) in self.events:
            raise DuplicateEvent(f"{channel} {event}")
        self.events[channel, event] = reply

    def dialogue(self, key: str) -> Dialogue | None:
        return self.dialogues.get(key)

    def keep(self, dialogue: Dialogue) -> None:
        self.dialogues[dialogue.key] = replace(dialogue)

    def abandon(self, key: str, question: str, answered: int) -> None:
        self.abandoned.append((question, answered))

    def log(self, enquiry: Enquiry) -> None:
        self.enquiries.append(enquiry)

    def enquiry(self, token: str) -> Enquiry | None:
        return next((e for e in self.enquiries if e.token == token), None)
