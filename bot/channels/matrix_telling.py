"""What visitors are told by themselves on Matrix: verdicts, what a household answered, what was understood."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

from bot.channels.matrix_client import AwayError, Homeserver, RefusedError, TokenError
from bot.channels.matrix_rooms import MatrixMemory
from bot.channels.matrix_sending import Sending, named
from bot.channels.matrix_view import Page, markup, screen
from bot.followup.outgoing import BOLD, UndeliveredError
from bot.messages import Reply
from bot.speech.sounded import Sounded
from bot.wording import wording

T = TypeVar("T")


class MatrixChats:
    """Writes to a person in the room where they spoke last. An address is a person's Matrix id."""

    name = "matrix"

    def __init__(self, homeserver: Homeserver, memory: MatrixMemory) -> None:
        self._homeserver, self._memory = homeserver, memory
        self._sending = Sending(homeserver, insists=False)

    async def tell(self, address: str, lines: tuple[tuple[str, str | None], ...], sound: bytes | None = None) -> None:
        """Tell who follows a case: lines in a style or plain, an empty line between. Raises UndeliveredError."""
        pages = (Page("\n\n".join(line for line, _ in lines), "".join(_styled(*line) for line in lines)),)
        await self._delivered(address, lambda room: self._sending.show(room, pages, uuid4().hex))

    async def tell_asker(self, address: str, reply: Reply) -> None:
        """Tell a visitor in their own room what coordination said; the same tidings stand there once.

        Raises UndeliveredError.
        """
        shown = screen(reply, wording(reply.language))
        name = named(*reply.tidings) if reply.tidings else uuid4().hex

        async def show(room: str) -> None:
            message = await self._sending.show(room, shown.pages, name)
            if shown.choices:
                await self._memory.offer(room, message, shown.choices)

        await self._delivered(address, show)

    async def tell_heard(self, address: str, reply: Reply, sound: Sounded | None) -> None:
        """Tell a visitor what was understood of a voice note. Raises UndeliveredError."""
        await self.tell_asker(address, reply)

    async def _delivered(self, address: str, show: Callable[[str], Awaitable[T]]) -> T:
        room = await self._memory.room_of(address)
        if room is None:
            raise UndeliveredError("gone", final=True)
        try:
            return await show(room)
        except AwayError as away:
            raise UndeliveredError("busy" if away.wait else "unreachable", retry_after=away.wait) from None
        except TokenError:
            raise UndeliveredError("unreachable") from None
        except RefusedError as refused:
            code = "gone" if refused.code == "M_FORBIDDEN" else "refused"
            raise UndeliveredError(code, final=True) from None


def _styled(line: str, style: str | None) -> str:
    tag = {None: "", BOLD: "strong"}.get(style, "em")
    return f"<p><{tag}>{markup(line)}</{tag}></p>" if tag else f"<p>{markup(line)}</p>"
