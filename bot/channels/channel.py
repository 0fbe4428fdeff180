"""What the wiring needs of a network that brings events by itself and can be written to: one line of open_networks."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.followup.outgoing import OutgoingChannel
from bot.messages import Reply
from bot.speech.sounded import Sounded


class UnansweredError(Exception):
    """The network does not say now what it was asked."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """``link`` opens a conversation with the bot; ``line`` is to be written there, where a link cannot say it."""

    link: str
    line: str | None = None


class Chats(OutgoingChannel, Protocol):
    """What leaves by itself, to an address that an Incoming's ``asker`` was. Each raises UndeliveredError."""

    async def tell(self, address: str, lines: tuple[tuple[str, str | None], ...], sound: bytes | None = None) -> None:
        """Tell who follows a case: lines in a style (BOLD, ITALIC) or plain, then what was said, as sound."""

    async def tell_asker(self, address: str, reply: Reply) -> None:
        """Tell a visitor what coordination said; its ``tidings`` name it, so that it can be told once."""

    async def tell_heard(self, address: str, reply: Reply, sound: Sounded | None) -> None:
        """Tell a visitor what was understood of a voice note, and let it be heard where there is a sound."""


class Channel(Protocol):
    """One account of a bot in a network. Its name is that of its ``Incoming.channel``."""

    name: str

    @property
    def chats(self) -> Chats:
        """What is written to people there."""

    def listening(self, public_url: str) -> AbstractAsyncContextManager[None]:
        """Takes events in and answers them while the block lasts. ``public_url``: where the network reaches us."""

    def fault(self) -> str | None:
        """Why nothing is taken in any more, if so."""

    async def invitation(self, start: str) -> Invitation:
        """How somebody comes to the bot and says START with this word. Raises UnansweredError."""
