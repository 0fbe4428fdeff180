"""How a message leaves: one protocol, one file a channel. A gateway for text messages would be one file more."""

from __future__ import annotations

from typing import Protocol

from bot.followup.content import Shown

BOLD, ITALIC = "bold", "italic"  # how a line is told


class UndeliveredError(Exception):
    """A message that did not arrive. ``code``: blocked, gone, busy, unreachable or refused.

    ``final``: no later try can succeed. ``retry_after``: seconds to wait, where the network said so.
    """

    def __init__(self, code: str, *, final: bool = False, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code, self.final, self.retry_after = code, final, retry_after


class OutgoingChannel(Protocol):
    """Sends to one address at a time. What it logs names neither the address nor the words."""

    name: str

    async def send(self, address: str, shown: Shown, message: str) -> str:
        """Send the message ``message`` (its id: button data carries it). The channel's own id of what was sent.

        Raises UndeliveredError. A crash between the send and its record may make it go twice, never not at all.
        """

    async def answered(self, address: str, sent: str, shown: Shown, message: str, button: str) -> None:
        """Show on a message that was sent which of its buttons was pressed, and leave the one to hear it.

        Raises UndeliveredError."""
