"""Households in Telegram: another chat's buttons, and links that are guessed, past, or used a second time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api.households.deep_links import household_start
from tests.api.households_by_telegram import HOUSEHOLD, Town, settled, template
from tests.fakes.telegram import FakeTelegram

OTHER = HOUSEHOLD + 1
APPOINTMENT = "rendez_vous_confirmation"


@pytest.fixture
async def town(store, tmp_path):
    async with FakeTelegram() as telegram:
        made = Town(store, telegram, tmp_path)
        async with made.open():
            yield made


def answers(town: Town, reference: str):
    return [(one.subject, one.kind) for one in town.thread(reference) if one.direction == "in"] + [
        one.pressed for one in town.thread(reference) if one.pressed
    ]


async def start(town: Town, token: str, chat: int) -> None:
    await town.writes(f"/start {household_start(token)}", chat)


def link(town: Town, reference: str, days: float = 1) -> str:
    with town.store.households(town.vault) as households:
        return households.new_link(reference, datetime.now(UTC) + timedelta(days=days)).token


async def test_a_button_of_another_chat_s_message_answers_nothing_for_either(town: Town) -> None:
    mine, theirs = town.paired("ar"), town.paired("uk", OTHER)
    for reference in (mine, theirs):
        town.desk.send(reference, template(APPOINTMENT))
    await town.shown(1)
    await town.shown(1, OTHER)
    under = town.telegram.last(OTHER).message_id
    for row in town.telegram.last(HOUSEHOLD).buttons:
        for _, data in row:
            await town.telegram.delivered(await town.telegram.press(OTHER, data, under))
    await settled()
    assert answers(town, mine) == answers(town, theirs) == []


async def test_a_stranger_who_presses_a_household_s_button_is_nobody(town: Town) -> None:
    mine = town.paired("ar")
    town.desk.send(mine, template(APPOINTMENT))
    await town.shown(1)
    stolen = [data for row in town.telegram.last(HOUSEHOLD).buttons for _, data in row]
    await town.writes("bonjour", OTHER)
    await town.shown(1, OTHER)
    under, before = town.telegram.last(OTHER).message_id, len(town.telegram.messages(OTHER))
    for data in (*stolen, stolen[0] + "x", stolen[0][:-1]):
        await town.telegram.delivered(await town.telegram.press(OTHER, data, under))
    await settled()
    assert answers(town, mine) == [] and len(town.telegram.messages(OTHER)) == before


@pytest.mark.parametrize("token", ["Zk3vQ0xw9JrT2bLh-8sYd1_fUeNaMpCg", "", "A" * 32, "../x", "é"])
async def test_a_guessed_link_pairs_no_chat(town: Town, token: str) -> None:
    mine = town.opened("ar")
    await start(town, token, OTHER)
    await settled()
    with town.store.households(town.vault) as households:
        assert households.case(mine).channel is None
    assert town.thread(mine) == []


async def test_a_link_that_is_past_pairs_no_chat_and_says_what_to_do(town: Town) -> None:
    mine = town.paired("ar")
    await start(town, link(town, mine, days=-1), OTHER)
    assert await town.shown(1, OTHER)
    assert town.thread(mine) == []
    town.desk.send(mine, template("materiel_pose"))
    await town.shown(1, HOUSEHOLD)


async def test_a_link_used_from_a_second_phone_moves_the_household_there_and_the_first_is_written_to_no_more(
    town: Town,
) -> None:
    """Whoever has the link is the household, as on its page: nothing that was written before is shown there."""
    mine = town.paired("ar")
    town.desk.send(mine, template("materiel_pose"))
    earlier = await town.shown(1)
    await start(town, link(town, mine), OTHER)
    await town.shown(1, OTHER)
    town.desk.send(mine, template(APPOINTMENT))
    await town.shown(2, OTHER)
    await town.writes("شكرا", HOUSEHOLD)
    await settled()
    assert answers(town, mine) == []
    assert len([one for one in town.telegram.messages(HOUSEHOLD) if one.text == earlier]) == 1
    assert earlier not in [one.text for one in town.telegram.messages(OTHER)]
