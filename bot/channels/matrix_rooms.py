"""Whose room is whose: what the channel is given by the wiring to remember, and the rooms it enters and leaves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.channels.matrix_view import Choice

VISITOR, OTHER, FIRST_TIME = "visitor", "other", "first time"
PENDING = "sending "  # before the name of what was offered, and is perhaps not in the room yet
NUMBER = re.compile(r"(\d{1,2})[.)]?")  # in the digits of any writing


@dataclass(frozen=True, slots=True)
class Offered:
    """A message that stands in a room with its choices: (data, label) by their numbers, empty for one that is none."""

    message: str
    choices: tuple[tuple[str, str], ...]

    def data(self, number: int) -> str | None:
        """What the choice of this number says."""
        return self.choices[number - 1][0] or None if 1 <= number <= len(self.choices) else None

    def said(self, words: str) -> str | None:
        """What the choice with these words says; None where there is none, or several."""
        meant = {data for data, label in self.choices if data and _folded(label) == _folded(words)}
        return meant.pop() if len(meant) == 1 else None


def number_typed(words: str) -> int | None:
    """The number of a choice, where these words are one."""
    found = NUMBER.fullmatch(words)
    return int(found[1]) if found else None


def last_seen(offered: tuple[Offered, ...], before: tuple[str, ...] | None) -> Offered | None:
    """The choices that stood last in the room when something was typed: a number means those, not what came meanwhile.

    ``before``: the messages of ours that stood there then, the newest first; None where that is not known.
    """
    if before is None:
        return offered[0] if offered else None
    by_message = {one.message: one for one in offered}
    return next((by_message[message] for message in before if message in by_message), None)


class MatrixMemory(Protocol):
    """What lasts of Matrix beside conversations. Rooms and people come as Matrix ids and are kept as hashes."""

    async def position(self) -> str | None:
        """How far the homeserver's events are taken in; None at the very first start."""

    async def keep_position(self, position: str) -> None:
        """Everything before this is taken in, and answered."""

    async def speaker(self, room: str, sender: str, *, binds: bool = True) -> str:
        """Who speaks: VISITOR (the first one who ever spoke in the room), OTHER, or another one FIRST_TIME.

        ``binds``: what they did is speaking; without it nobody becomes the visitor, and no other is to be told.
        """

    async def bound(self, room: str) -> bool:
        """Whether somebody has spoken in the room, and is its visitor."""

    async def offer(self, room: str, message: str, choices: Sequence[Choice]) -> None:
        """A message stands in the room, with these choices; in place of what the same message offered before."""

    async def stands(self, room: str, name: str, message: str) -> None:
        """What was offered under the name of a message that was being sent stands in the room as this one."""

    async def leave_to_choose(self, room: str, message: str, choices: Sequence[Choice]) -> None:
        """These choices alone are left under a message, which stands where it stood."""

    async def offered(self, room: str) -> tuple[Offered, ...]:
        """The last messages with choices, the newest first."""

    async def room_of(self, visitor: str) -> str | None:
        """Where a person (their Matrix id) spoke last; None for nowhere."""

    async def leave(self, room: str) -> None:
        """Nobody is spoken to there any more."""


def _folded(words: str) -> str:
    return " ".join(words.replace("\u2060", "").split()).casefold().strip(" .!")
