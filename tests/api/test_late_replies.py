"""A reply that Telegram does not take for an hour comes then: the whole server, a fake Telegram, both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from api.access.roles import COORDINATOR
from api.storage.access_schema import visitors
from api.storage.job_tables import hasten, waiting
from api.storage.store import Store
from tests.api.askers_by_telegram import CHAT, SR, Town, plain
from tests.api.coordination import TERRITORY
from tests.api.kept_data import dump
from tests.fakes.telegram import FakeTelegram

HOUR = 3600


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with FakeTelegram() as telegram:
        yield Town(store, telegram, tmp_path)


def flood(town: Town) -> None:
    for method in ("sendMessage", "editMessageText"):
        town.telegram.fail(method, 429, retry_after=HOUR, times=None, chat=CHAT)


def delayed(town: Town) -> int:
    with town.store.reading() as connection:
        return sum(count for job, state, count in waiting(connection) if (job, state) == ("show_reply", "DELAYED"))


async def an_hour_later(town: Town) -> None:
    """As if so much time had gone by for what waits."""
    for _ in range(3000):
        if await asyncio.to_thread(delayed, town):
            break
        await asyncio.sleep(0.02)
    with town.store.engine.begin() as connection:
        assert hasten(connection, datetime.now(UTC)) > 0


async def pressed(town: Town, choice: str) -> int:
    data = next(d for d in town.offered() if d.endswith(f":{choice}"))
    update = await town.telegram.press(CHAT, data)
    await town.telegram.delivered(update)
    return update


async def until_shown(town: Town, update: int) -> None:
    for _ in range(3000):
        if await asyncio.to_thread(town.store.was_shown, "telegram", str(update)):
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(f"the reply to update {update} did not come")


async def test_an_answer_that_telegram_does_not_take_for_an_hour_comes_then_and_once(town: Town) -> None:
    async with town.open():
        await town.writes("/sr_ou_n1")
        for choice in SR[:-1]:
            await town.presses(choice)
        flood(town)
        update = await pressed(town, SR[-1])
        assert len(town.logged()) == 1
        assert not town.store.was_shown("telegram", str(update))
        town.telegram.recover()
        await an_hour_later(town)
        await until_shown(town, update)
        await town.telegram.redeliver(update)
        await asyncio.sleep(0.2)
    answers = [shown for shown in town.telegram.messages(CHAT) if "Soutien renforcé" in plain(shown)]
    assert len(answers) == 1 and len(town.logged()) == 1
    assert str(CHAT) not in dump(town.store)


async def test_a_first_question_waits_too_and_again_where_telegram_asks_again(town: Town) -> None:
    async with town.open():
        flood(town)
        update = await town.telegram.write(CHAT, "/sr_ou_n1")
        await town.telegram.delivered(update)
        await an_hour_later(town)
        for _ in range(3000):
            if sum(method in ("sendMessage", "editMessageText") for method, _ in town.telegram.calls) > 1:
                break
            await asyncio.sleep(0.02)
        town.telegram.recover()
        await an_hour_later(town)
        await until_shown(town, update)


async def test_a_reply_to_who_may_not_ask_takes_nobody_in(town: Town) -> None:
    town.store.accounts.add("mathilde@exemple.test", COORDINATOR, TERRITORY)
    async with town.open():
        flood(town)
        update = await town.telegram.write(CHAT, "/sr_ou_n1")
        await town.telegram.delivered(update)
    with town.store.reading() as connection:
        assert connection.execute(select(visitors)).all() == []
    assert delayed(town) == 0
