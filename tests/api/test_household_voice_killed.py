"""A server killed while it writes down what a household said, or while it tells the visitor: nothing of it is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from api.storage.store import Store
from bot.speech.sounds import opus
from tests.api.households_by_telegram import HOUSEHOLD, KEY, SECRET, VISITOR, Town
from tests.api.serving import ServerProcess
from tests.api.speakers_by_telegram import engines
from tests.api.test_household_voice import WAIT, answers, followed, said_to, sounds, speaks
from tests.api.test_telegram_voice_killed import killed, process
from tests.fakes.telegram import FakeTelegram
from tests.speech.prompts import prompt
from tests.speech.test_whisper import WEIGHTS

MARK, WORDS = "transcrit par une machine", "Agent logged in"
SETTINGS = {
    "AIGUILLAGE_SECRET_KEY": SECRET,
    "AIGUILLAGE_CONTACT_KEYS": KEY,
    "AIGUILLAGE_WHISPER": str(WEIGHTS),
    "AIGUILLAGE_PUBLIC_URL": "https://exemple.test",
}


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with FakeTelegram() as telegram:
        yield Town(store, telegram, tmp_path)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.02)


def told(town: Town) -> list[str]:
    """What the visitor has of the household's words."""
    return [one.text for one in town.telegram.messages(VISITOR) if MARK in one.text]


async def told_once_more(town: Town, server: ServerProcess, reference: str, before: int) -> None:
    """After the next start: the words are kept once, the sound is gone, and another note is told after it."""
    await asyncio.to_thread(server.start)
    await town.telegram.until(lambda: len(told(town)) > before, WAIT, "the visitor is not told")
    await until(lambda: answers(town, reference)[0].told_at is not None)
    await town.writes("Thank you", language="en")
    await said_to(town, VISITOR, "Thank you")
    assert len(told(town)) == before + 1 and all(WORDS in one for one in told(town))
    spoken, typed = answers(town, reference)
    assert (spoken.kind, spoken.content["original"], typed.kind) == ("voice", "Agent logged in.", "text")
    assert sounds(town) == 0
    received = [one.text for one in town.telegram.messages(HOUSEHOLD) if "A person will read your message." in one.text]
    assert len(received) == 2  # one for each of them


async def test_killed_while_it_is_written_down(town: Town) -> None:
    reference = followed(town, "en")
    async with process(town, **SETTINGS) as server:
        await speaks(town, opus(prompt("en", "agent-loginok")))
        await until(lambda: list(engines(server.process.pid)))
        [engine] = engines(server.process.pid)
        os.kill(engine, signal.SIGSTOP)
        await said_to(town, HOUSEHOLD, "We have received it.")
        await until(lambda: {one.state for one in town.thread(reference) if one.direction == "out"} == {"sent"})
        logged = await killed(town.telegram, server)
        assert sounds(town) == 1 and "original" not in answers(town, reference)[0].content
        assert str(HOUSEHOLD) not in logged and "OggS" not in logged
        await told_once_more(town, server, reference, before=0)


@pytest.mark.parametrize("arrived", [False, True], ids=["before it arrives", "after it arrived"])
async def test_killed_while_the_visitor_is_told(town: Town, arrived: bool) -> None:
    """What arrived and was not noted is told again: twice rather than never."""
    reference = followed(town, "en")
    async with process(town, **SETTINGS) as server:
        town.telegram.hang("sendMessage", times=None, chat=VISITOR, done=arrived)
        await speaks(town, opus(prompt("en", "agent-loginok")))
        await town.telegram.until(
            lambda: any(method == "sendMessage" and MARK in sent["text"] for method, sent in town.telegram.calls), WAIT
        )
        await until(lambda: sounds(town) == 0)
        assert answers(town, reference)[0].told_at is None
        assert len(told(town)) == arrived
        await killed(town.telegram, server)
        await told_once_more(town, server, reference, before=int(arrived))
