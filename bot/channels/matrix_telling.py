"""What leaves by itself on Matrix: messages to households; to visitors verdicts and what a household answered."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

from bot.channels.matrix_client import AwayError, Homeserver, RefusedError, TokenError
from bot.channels.matrix_household_view import household_screen
from bot.channels.matrix_rooms import PENDING, MatrixMemory
from bot.channels.matrix_sending import Sending, named
from bot.channels.matrix_view import Page, markup, screen
from bot.followup.content import Shown
from bot.followup.outgoing import BOLD, UndeliveredError
from bot.messages import Reply
from bot.speech.sounded import OGG, Sounded
from bot.wording import wording

log = logging.getLogger(__name__)
T = TypeVar("T")


class MatrixChats:
    """Writes to a person in the room where they spoke last. An address is a person's Matrix id."""

    name = "matrix"

    def __init__(self, homeserver: Homeserver, memory: MatrixMemory) -> None:
        self._homeserver, self._memory = homeserver, memory
        self._sending = Sending(homeserver, insists=False)

    async def idle(self) -> None:
        """End what nothing waits for."""
        await self._sending.idle()

    async def send(self, address: str, shown: Shown, message: str) -> str:
        """A message to a household, after a person's recording of it where there is one; sent again, it stands there
        once, and what it offers is known before it is there. What it is called afterwards: the event and the room.

        Raises UndeliveredError.
        """
        screen, name = household_screen(shown, message), named("send", message)

        async def show(room: str) -> str:
            if shown.sound is not None:
                await self._sending.play(room, shown.sound, name)
            pending = PENDING + self._sending.name_of_last(screen.pages, name)
            await self._memory.offer(room, pending, screen.choices)
            event = await self._sending.show(room, screen.pages, name)
            await self._memory.stands(room, pending, event)
            self._sending.put(room, event, screen.choices)
            return f"{event} {room}"

        return await self._delivered(address, show)

    async def answered(self, address: str, sent: str, shown: Shown, message: str, button: str) -> None:
        """Show on a message which of its choices was taken: only listening can be chosen there from now on.

        Raises UndeliveredError.
        """
        screen, (event, room) = household_screen(shown, message, pressed=button), sent.split(" ")
        name = named("answered", message, button)
        await _delivered(lambda: self._sending.mark(room, screen.pages[-1], name, event))
        await self._memory.leave_to_choose(room, event, screen.choices)

    async def tell(self, address: str, lines: tuple[tuple[str, str | None], ...], sound: bytes | None = None) -> None:
        """Tell who follows a case: lines in a style or plain, an empty line between, then what was said, as sound.

        Raises UndeliveredError.
        """
        pages = (Page("\n\n".join(line for line, _ in lines), "".join(_styled(*line) for line in lines)),)
        name = uuid4().hex

        async def show(room: str) -> None:
            await self._sending.show(room, pages, name)
            if sound is not None:
                await self._sending.play(room, (OGG, sound), name)

        await self._delivered(address, show)

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
        """Tell a visitor what was understood of a voice note, in words and, where there is one, in speech.

        Raises UndeliveredError where the words do not arrive: once they have, they are not told again for the speech.
        """
        await self.tell_asker(address, reply)
        if sound is None:
            return
        try:
            await self._delivered(address, lambda room: self._sending.play(room, sound, uuid4().hex))
        except UndeliveredError as error:
            log.info("matrix: what was understood was told, not played: %s", error)

    async def _delivered(self, address: str, show: Callable[[str], Awaitable[T]]) -> T:
        room = await self._memory.room_of(address)
        if room is None:
            raise UndeliveredError("gone", final=True)
        return await _delivered(lambda: show(room))


async def _delivered(call: Callable[[], Awaitable[T]]) -> T:
    """What the call gives. Raises UndeliveredError for what the homeserver or the way to it refuses."""
    try:
        return await call()
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
