"""A visitor's phone on a real homeserver, before the channel as it is wired: for the golden conversations."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

from api.exchange import keyed_hash
from api.parts import open_parts
from api.settings import load_settings
from api.storage.matrix_rooms import MatrixRooms
from bot.channels.matrix import MatrixChannel
from bot.channels.matrix_events import keycap_of
from bot.channels.matrix_rooms import Offered
from bot.channels.matrix_sending import named
from bot.wording import wording
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import person

TODAY = date(2026, 11, 23)
WITHIN = 60.0
numbers = itertools.count(1)


def newcomer(server: Homeserver, name: str) -> Account:
    return server.register(f"{name}{next(numbers)}")


class Phone:
    """Presses by number and by reaction in turn, as visitors do."""

    def __init__(self, server: Homeserver, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.bot = newcomer(server, "aiguillage")
        self._reacts = itertools.cycle((False, True))

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Phone]:
        async with person(self.server, newcomer(self.server, "visiteuse")) as visitor:
            self.visitor = visitor
            await self._start()
            try:
                await visitor.open_room(self.bot.user_id)
                await visitor.meet(self.bot.user_id)
                yield self
            finally:
                await self._stop()

    async def _start(self) -> None:
        self.parts = open_parts(load_settings({"AIGUILLAGE_DATA_DIR": str(self.folder)}))
        self.memory = MatrixRooms(
            self.parts.store, self.parts.vault, keyed_hash(self.parts.settings.secret_key), self.bot.user_id
        )
        self.channel = MatrixChannel(
            self.server.url,
            self.bot.user_id,
            self.bot.access_token,
            self.parts.exchange,
            wording,
            self.memory,
            clock=lambda: TODAY,
        )
        self.running = asyncio.create_task(self.channel.run())
        for _ in range(int(WITHIN / 0.02)):
            if await self.memory.position() is not None:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(self.channel.fault())

    async def _stop(self) -> None:
        await self.channel.stop()
        await asyncio.wait({self.running})
        assert self.channel.fault() is None
        self.parts.store.close()

    async def _done(self, event: str) -> None:
        """Wait until the reply to an event is shown, and the visitor's phone shows it, too."""
        for _ in range(int(WITHIN / 0.02)):
            if await asyncio.to_thread(self.parts.store.was_shown, "matrix", named(event)):
                break
            await asyncio.sleep(0.02)
        newest = (await self._offered()).message
        await self.visitor.until(lambda: any(said.event == newest for said in self.visitor.messages))
        self.screen = "\n".join(said.text for said in self.visitor.messages)

    async def _offered(self) -> Offered:
        return (await self.memory.offered(self.visitor.room))[0]

    async def show(self) -> None:
        await self._done(await self.visitor.write("!start"))

    async def type(self, text: str) -> None:
        await self._done(await self.visitor.write(text))

    async def press(self, data: str) -> None:
        offered = await self._offered()
        number = next((n for n, (one, _) in enumerate(offered.choices, 1) if one == data), None)
        if number is None:  # a message of before, under which the same choice stood
            await self._done(await self.visitor.react(keycap_of(1), self.visitor.messages[0].event))
        elif number <= 10 and next(self._reacts):
            await self._done(await self.visitor.react(keycap_of(number), offered.message))
        else:
            await self._done(await self.visitor.write(str(number)))

    def buttons(self) -> list[str]:
        return [data for data, _ in self.memory.offered_now(self.visitor.room)[0].choices]

    async def restart(self) -> None:
        await self._stop()
        await self._start()
