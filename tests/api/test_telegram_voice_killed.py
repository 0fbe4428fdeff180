"""A server killed between « J’écoute… » and the answer: at its next start the visitor is answered, once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from api.storage.speech_schema import voice_notes
from api.storage.store import Store
from tests.api.askers_by_telegram import CHAT, in_a_territory
from tests.api.households_by_telegram import Town
from tests.api.serving import ServerProcess
from tests.api.speakers_by_telegram import LISTENING, WAIT, Speakers, engines, spoken, words
from tests.fakes.telegram import FakeTelegram


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Speakers]:
    async with FakeTelegram() as telegram:
        yield Speakers(store, telegram, tmp_path)


@asynccontextmanager
async def process(town: Speakers | Town, **environ: str) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(
        town.folder,
        AIGUILLAGE_DATABASE_URL=town.store.engine.url.render_as_string(hide_password=False),
        AIGUILLAGE_TELEGRAM_TOKEN=town.telegram.token,
        AIGUILLAGE_TELEGRAM_API=town.telegram.url,
        **in_a_territory(town.folder),
        **environ,
    )
    await asyncio.to_thread(server.start)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.kill)


async def killed(telegram: FakeTelegram, server: ServerProcess) -> str:
    """End it, and what it had started; what it had logged. Calls of it that hung are forgotten."""
    started = list(engines(server.process.pid))
    server.process.kill()
    await asyncio.to_thread(server.process.wait, 20)
    for engine in started:
        with suppress(ProcessLookupError):
            os.kill(engine, signal.SIGKILL)
    logged = await asyncio.to_thread(server.process.stderr.read)
    server.process.stderr.close()
    telegram.mend()
    return logged.decode()


async def shown(town: Speakers, update: int) -> None:
    """Wait until « J’écoute… » is noted as shown."""
    for _ in range(WAIT * 50):
        if await asyncio.to_thread(town.store.was_shown, "telegram", str(update)):
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


async def answered_once(town: Speakers, server: ServerProcess) -> None:
    await asyncio.to_thread(server.start)
    await town.is_told("C’est bien ça ?")
    await town.writes("/aide")
    texts = town.texts()
    assert sum("C’est bien ça ?" in text and LISTENING not in text for text in texts) >= 1
    assert sum("J’ai compris" in text for text in texts[:-1]) == 1
    assert texts.count(LISTENING) == 1
    assert words("choice.action.bilan") in next(text for text in texts if "J’ai compris" in text)
    assert town.notes() == 0


async def test_killed_while_it_listens(town: Speakers) -> None:
    async with process(town) as server:
        await town.writes("/start")
        await town.presses("s:")
        await town.played()
        [engine] = engines(server.process.pid)
        os.kill(engine, signal.SIGSTOP)
        await shown(town, await town.says(spoken("un bilan")))
        logged = await killed(town.telegram, server)
        assert town.notes() == 1
        assert str(CHAT) not in logged and "bilan" not in logged
        await answered_once(town, server)


async def test_killed_while_it_tells(town: Speakers) -> None:
    async with process(town) as server:
        await town.writes("/start")
        update = await town.says(spoken("un bilan"))
        town.telegram.hang("sendMessage", times=None)
        await shown(town, update)
        telling = ("sendMessage", "C’est bien ça ?")
        await town.telegram.until(
            lambda: any(
                (method, telling[1] in params.get("text", "")) == (telling[0], True)
                for method, params in town.telegram.calls
            ),
            WAIT,
        )
        with town.store.reading() as connection:
            [note] = connection.execute(select(voice_notes)).all()
        assert note.sound is None and note.reply is not None
        await killed(town.telegram, server)
        await answered_once(town, server)
