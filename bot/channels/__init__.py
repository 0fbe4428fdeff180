"""Channels: one file each. A channel turns what its network brings into an Incoming and shows the Reply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.messages import Incoming, Reply
from bot.speech.sounded import Sounded


class Exchange(Protocol):
    """What a channel is given by the wiring: one event in, one reply out, durably.

    ``take`` opens a transaction, answers, logs and commits it: when it returns, nothing can be lost any more.
    It returns None for an event that was answered *and* shown before; an event that was answered but whose
    reply may not have arrived gets the same reply again. ``shown`` says that the reply has arrived, ``later`` that it
    cannot be shown for so many seconds: True where that is seen to from now on. ``told`` says that what it tells beside
    has arrived (its ``tidings``). ``listen`` takes a voice note in like an event and answers at once that it
    listens; ``understood`` is what it led to, None while it is being heard. ``not_heard`` takes one in that cannot be
    heard (``code``: of a message ``speech.refused.…``), and says why under what is asked. ``noted`` says whether the
    voice note of an event is here, heard or not, until ``note_told`` says that what it led to has arrived.
    """

    async def take(self, incoming: Incoming) -> Reply | None: ...

    async def shown(self, incoming: Incoming) -> None: ...

    async def later(self, incoming: Incoming, wait: float) -> bool: ...

    async def told(self, tidings: Sequence[str]) -> None: ...

    async def listen(self, incoming: Incoming, sound: bytes) -> Reply | None: ...

    async def not_heard(self, incoming: Incoming, code: str) -> Reply | None: ...

    async def understood(self, incoming: Incoming) -> Reply | None: ...

    async def noted(self, incoming: Incoming) -> bool: ...

    async def note_told(self, incoming: Incoming) -> None: ...


class Aloud(Protocol):
    """Words in a language -> a voice note (Ogg Opus), None where no voice here speaks it."""

    async def __call__(self, said: str, language: str) -> bytes | None: ...

    async def read(self, reply: Reply) -> Sounded | None:
        """A reply to be heard: the territory's own recording, else a voice. Raises SpeechError."""

    async def mp3(self, sound: bytes) -> bytes | None:
        """The same sound in the form that every browser plays; None where that failed."""
