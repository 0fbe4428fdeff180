"""The Matrix channel (Tchap is one): events by long requests, replies as messages with numbered choices.

Of matrix-nio this uses the client alone: its own loop keeps the place where it stands before what it brought is
answered, and its callbacks let errors go.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import date
from urllib.parse import quote

from bot.channels import Aloud, Exchange
from bot.channels.channel import Invitation
from bot.channels.household_chats import HouseholdChats
from bot.channels.matrix_answering import CROWDED, Answering
from bot.channels.matrix_client import AwayError, Homeserver, RefusedError, TokenError, why
from bot.channels.matrix_errors import KeysError
from bot.channels.matrix_events import MARKS
from bot.channels.matrix_key_folder import KeyFolder
from bot.channels.matrix_rooms import MatrixMemory
from bot.channels.matrix_sending import named
from bot.channels.matrix_syncing import Syncing
from bot.channels.matrix_telling import MatrixChats
from bot.channels.patience import Pauses
from bot.commands import START
from bot.messages import Text
from bot.wording import Wording

log = logging.getLogger(__name__)

WELCOME = "matrix.welcome"
ENDING = 10.0  # seconds that what is being answered may take when the server stops


class MatrixChannel:
    """One account of a bot. ``user`` is its Matrix id, ``memory`` what lasts beside conversations, ``aloud`` reads a
    reply aloud. ``keys``: where those of encryption are; without them the bot says that it cannot read encrypted rooms.
    ``households``: whose rooms are a household's.

    run() works until stop(). Logs carry hashes of events: no room, name, text or token.
    """

    name = "matrix"

    def __init__(
        self,
        address: str,
        user: str,
        token: str,
        exchange: Exchange,
        wording: Callable[[str], Wording],
        memory: MatrixMemory,
        *,
        clock: Callable[[], date],
        pauses: Pauses | None = None,
        keys: KeyFolder | None = None,
        aloud: Aloud | None = None,
        households: HouseholdChats | None = None,
    ) -> None:
        self.homeserver = Homeserver(address, user, token, pauses, keys)
        self.chats = MatrixChats(self.homeserver, memory)
        self._memory, self._user = memory, user
        self._answering = Answering(self.homeserver, exchange, wording, memory, clock, aloud, households)
        self._syncing = Syncing(self.homeserver, memory, self._answering.answer, self._enter, self._gone)
        self._fault: str | None = None
        self._running: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def listening(self, public_url: str) -> AsyncIterator[None]:
        """The bot at work, as long as the block lasts: it asks the homeserver, which never reaches us."""
        running = asyncio.create_task(self.run())
        try:
            yield
        finally:
            await self.stop()
            await asyncio.wait({running})

    async def invitation(self, start: str) -> Invitation:
        link = f"https://matrix.to/#/{quote(self._user, safe='@:')}"
        return Invitation(link, f"{MARKS[-1]}{START} {start}")

    def fault(self) -> str | None:
        """Why nothing is fetched any more, if so."""
        return self._fault

    async def run(self) -> None:
        """Fetch and answer until stop(). A refused token ends it, and is said by fault(); all else is waited out."""
        self._running = asyncio.current_task()
        try:
            await self._open()
            await self._syncing.run()
        except (TokenError, KeysError) as error:
            self._fault = str(error)
            log.error("matrix: %s", error)
        except RefusedError as refused:
            self._fault = f"the homeserver tells nothing ({refused}): check AIGUILLAGE_MATRIX_HOMESERVER"
            log.error("matrix: %s", self._fault)
        except Exception as error:
            self._fault = "events are not fetched any more: restart the server"
            log.error("matrix: %s: %s", self._fault, why(error))

    async def stop(self) -> None:
        """Fetch nothing more, let what is being answered end, close the connections."""
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
        await self._syncing.end(ENDING)
        await self._answering.idle()
        await self.chats.idle()
        await self.homeserver.close()

    async def _open(self) -> None:
        failures = 0
        while True:
            try:
                return await self.homeserver.open()
            except AwayError as away:
                failures += 1
                wait = away.wait or self.homeserver.pauses.pause(failures)
                log.warning("matrix: %s, next try in %.1f s", away, wait)
                await self.homeserver.pauses.sleep(wait)

    async def _enter(self, room: str) -> None:
        """Follow somebody's call into a room; where more than one person is there, say why not and leave."""
        client, name = self.homeserver.client, named("enter", room)
        try:
            await self.homeserver.insist(lambda: client.join(room))
            inside = await self.homeserver.insist(lambda: client.joined_members(room))
            if len(inside.members) > 2:
                await self._answering.say(room, Text(CROWDED), name)
                await self._answering.leave(room)
                return
            await self._answering.say(room, Text(WELCOME), name)
        except RefusedError as refused:
            log.info("matrix: a room was not entered: %s", refused)

    async def _gone(self, room: str) -> None:
        """The bot is in this room no more."""
        await self._memory.leave(room)
