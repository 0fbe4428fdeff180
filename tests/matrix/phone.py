"""A visitor's phone on a real homeserver, and the channel before it on a database of its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

from api.at_work import at_work
from api.exchange import keyed_hash
from api.networks import household_chats
from api.parts import open_parts, speaking
from api.settings import load_settings
from api.storage.matrix_rooms import MatrixRooms
from api.vitals import Vitals
from bot.channels.matrix import MatrixChannel
from bot.channels.matrix_events import keycap_of
from bot.channels.matrix_key_folder import KeyFolder
from bot.channels.matrix_rooms import Offered
from bot.channels.matrix_sending import named
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import opus
from bot.speech.voice import Voice
from bot.translation.translator import Translator
from bot.wording import wording
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Said, person

TODAY = date(2026, 11, 23)
WITHIN = 60.0
numbers = itertools.count(1)


def newcomer(server: Homeserver, name: str) -> Account:
    return server.register(f"{name}{next(numbers)}")


class Phone:
    """Presses by number and by reaction in turn, as visitors do. ``url``: where the bot finds the homeserver, if
    elsewhere than its visitors."""

    def __init__(self, server: Homeserver, folder: Path, url: str | None = None, *, encrypted: bool = False) -> None:
        self.server, self.folder, self.url, self.encrypted = server, folder, url or server.url, encrypted
        self.bot, self.account = newcomer(server, "aiguillage"), newcomer(server, "visiteuse")
        self.secret, self.jobs = "a secret", False
        self._reacts = itertools.cycle((False, True))

    @contextlib.asynccontextmanager
    async def open(self, *, trusted: bool = False) -> AsyncIterator[Phone]:
        """``trusted``: the room is made as clients make one for two, where both may do everything."""
        async with person(self.server, self.account) as visitor:
            self.visitor = visitor
            await self.start()
            try:
                await self.open_room(trusted=trusted)
                yield self
            finally:
                await self.stop()

    async def open_room(self, *, trusted: bool = False) -> None:
        await self.visitor.open_room(self.bot.user_id, encrypted=self.encrypted, trusted=trusted)
        await self.visitor.meet(self.bot.user_id)

    async def start(self) -> None:
        self.parts = open_parts(load_settings({"AIGUILLAGE_DATA_DIR": str(self.folder)}))
        self.memory = MatrixRooms(
            self.parts.store, self.parts.vault, keyed_hash(self.parts.settings.secret_key), self.bot.user_id
        )
        self.work = contextlib.AsyncExitStack()
        self.voice = await self.work.enter_async_context(Voice(self.parts.settings.models))
        self.channel = MatrixChannel(
            self.url,
            self.bot.user_id,
            self.bot.access_token,
            self.parts.exchange,
            wording,
            self.memory,
            clock=lambda: TODAY,
            keys=KeyFolder(self.folder / "matrix", self.secret),
            aloud=speaking(self.parts, self.voice),
            households=household_chats("matrix", self.parts, speaking(self.parts, self.voice)),
        )
        await self.work.enter_async_context(self.channel.listening(""))
        for _ in range(int(WITHIN / 0.02)):
            if self.channel.fault():
                break
            if await self.memory.position() is not None:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(self.channel.fault())

    async def stop(self) -> None:
        await self.work.aclose()
        self.jobs = False
        self.parts.store.close()

    async def hears(self, words: str, times: int = 1) -> Said:
        """The newest message with these words, once there are so many."""
        found = await self.visitor.until(lambda: self._with(words)[times - 1 :] or None)
        return found[-1]

    def _with(self, words: str) -> list[Said]:
        return [said for said in self.visitor.messages if words in said.text.replace("\u00a0", " ")]

    async def _done(self, event: str) -> None:
        """Wait until the reply to an event is shown, and the visitor's phone shows it, too."""
        for _ in range(int(WITHIN / 0.02)):
            if await asyncio.to_thread(self.parts.store.was_shown, "matrix", named(event)):
                break
            await asyncio.sleep(0.02)
        await self._read()

    async def _read(self) -> None:
        """Wait until the visitor's phone shows the newest message with choices."""
        newest = (await self._offered()).message
        await self.visitor.until(lambda: any(said.event == newest for said in self.visitor.messages))
        self.screen = "\n".join(said.text for said in self.visitor.messages)

    async def _offered(self) -> Offered:
        return (await self.memory.offered(self.visitor.room))[0]

    async def show(self) -> None:
        await self._done(await self.visitor.write("!start"))

    async def type(self, text: str) -> None:
        await self._done(await self.visitor.write(text))

    async def run_jobs(self) -> None:
        """From now on, until it is stopped."""
        if not self.jobs:
            work = at_work(self.parts, [self.channel], Translator(self.parts.settings.models), self.voice, Vitals())
            await self.work.enter_async_context(work)
            self.jobs = True

    async def say(self, words: str) -> None:
        """Send a voice note, and wait for what was understood."""
        await self.run_jobs()
        spoken = EspeakNG().speak(words, "fr")
        await self._done(await self.visitor.speak(opus(spoken), spoken.seconds))
        await self.visitor.until(lambda: any(data.startswith("n:") for data in self.buttons()))
        await self._read()

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
        await self.stop()
        await self.start()
