"""Channels: one file each. A channel turns what its network brings into an Incoming and shows the Reply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.messages import Incoming, Reply


class Exchange(Protocol):
    """What a channel is given by the wiring: one event in, one reply out, durably.

    ``take`` opens a transaction, answers, logs and commits it: when it returns, nothing can be lost any more.
    It returns None for an event that was answered *and* shown before; an event that was answered but whose
    reply may not have arrived gets the same reply again. ``shown`` says that the reply has arrived, ``told`` that what
    it tells beside has (its ``tidings``).
    """

    async def take(self, incoming: Incoming) -> Reply | None: ...

    async def shown(self, incoming: Incoming) -> None: ...

    async def told(self, tidings: Sequence[str]) -> None: ...
