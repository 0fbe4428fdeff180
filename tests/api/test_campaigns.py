"""A campaign over a fake Telegram: what leaves, what does not, a stop, and a server that is killed in the middle."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.exchange import keyed_hash
from api.households.campaigns import CampaignDesk, Planned
from api.jobs.draining import GROUP
from api.storage.campaigns import Chosen
from api.storage.store import Store
from tests.api.households_by_telegram import HOUSEHOLD, KEY, SECRET, SENDER, Town, template
from tests.api.serving import ServerProcess
from tests.fakes.telegram import FakeTelegram

MANY = 300
LANGUAGES = ("ar", "fa-AF", "tr", "fr")


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with FakeTelegram() as telegram:
        yield Town(store, telegram, tmp_path)


def households(town: Town, count: int) -> list[str]:
    """Cases that said yes, each with a chat of its own."""
    references = []
    with town.store.households(town.vault) as households:
        for number in range(count):
            case = households.open_case(LANGUAGES[number % len(LANGUAGES)], SENDER, "aude")
            chat = str(1000 + number)
            households.pair(case.reference, "telegram", chat, keyed_hash(SECRET)(chat))
            households.change(case.reference, consent="given")
            references.append(case.reference)
    return references


def desk_of(town: Town) -> CampaignDesk:
    return CampaignDesk(town.store, town.vault, town.jobs, lambda _: None)


def planned(chosen: Chosen, name: str = "materiel_pose", **own: dict[str, object]) -> Planned:
    return Planned(name, template(name).values, chosen, own)


def states(desk: CampaignDesk, campaign: str) -> Counter[str]:
    return sum(desk.progress(campaign)[1].values(), Counter())


async def test_a_preview_counts_by_language_what_leaves_and_says_why_the_rest_does_not(town: Town) -> None:
    references = households(town, 8)
    with town.store.households(town.vault) as open_cases:
        open_cases.change(references[0], consent="stopped")
        open_cases.change(references[1], channel=None)
        open_cases.change(references[2], consent="unasked")
    preview = desk_of(town).preview(planned(Chosen((*references, "M-NONE-NONE"))))
    assert preview.leaving == {"ar": 1, "fa-AF": 1, "tr": 1, "fr": 2}
    assert preview.held == {
        "ar": {"household.held.stopped": 1},
        "fa-AF": {"campaign.no_channel": 1},
        "tr": {"household.held.unasked": 1},
    }
    assert preview.unknown == ("M-NONE-NONE",)
    assert town.thread(references[7]) == []


async def test_a_campaign_reaches_everybody_once_and_is_done(town: Town) -> None:
    references = households(town, 120)
    town.telegram.block(1003)
    town.telegram.fail("sendMessage", 500, chat=1007)
    desk = desk_of(town)
    made = desk.start(planned(Chosen(territory="aude")), "coordination")
    async with town.open():
        await town.telegram.until(lambda: states(desk, made.id) == {"sent": 119, "failed": 1}, 60)
    assert desk.progress(made.id)[0].state == "done"
    assert all(len(town.telegram.messages(1000 + n)) == 1 for n in range(120) if n != 3)
    assert town.thread(references[3])[0].failure == "blocked"


async def test_values_of_one_household_are_its_own(town: Town) -> None:
    first, second = households(town, 2)
    own = {first: {"jour": "2027-02-03"}}
    desk = desk_of(town)
    desk.start(planned(Chosen((first, second)), "rendez_vous_confirmation", **own), "coordination")
    async with town.open():
        assert "03/02/2027" in await town.shown(1, 1000)
        assert "06/01/2027" in await town.shown(1, 1001)


async def test_a_campaign_that_is_stopped_sends_no_more(town: Town) -> None:
    households(town, 4 * GROUP)
    desk = desk_of(town)
    made = desk.start(planned(Chosen(territory="aude")), "coordination")
    town.telegram.hang("sendMessage", times=1)
    async with town.open():
        await town.telegram.until(lambda: sum(m == "sendMessage" for m, _ in town.telegram.calls) >= GROUP, 30)
        kept = await asyncio.to_thread(desk.stop, made.id)
        await asyncio.sleep(1)
    assert kept >= 3 * GROUP
    assert sum(bool(town.telegram.messages(1000 + n)) for n in range(4 * GROUP)) <= GROUP
    assert desk.progress(made.id)[0].state == "stopped"
    assert desk.stop(made.id) == 0


async def test_when_telegram_is_away_the_whole_campaign_waits_and_goes_on(town: Town) -> None:
    households(town, 2 * GROUP)
    desk = desk_of(town)
    town.telegram.fail("sendMessage", 429, retry_after=1, times=GROUP)
    made = desk.start(planned(Chosen(territory="aude")), "coordination")
    async with town.open():
        await town.telegram.until(lambda: states(desk, made.id) == {"sent": 2 * GROUP}, 60)
    assert all(len(town.telegram.messages(1000 + n)) == 1 for n in range(2 * GROUP))


def environ(town: Town) -> dict[str, str]:
    return {
        "AIGUILLAGE_DATABASE_URL": town.store.engine.url.render_as_string(hide_password=False),
        "AIGUILLAGE_TELEGRAM_TOKEN": town.telegram.token,
        "AIGUILLAGE_TELEGRAM_API": town.telegram.url,
        "AIGUILLAGE_SECRET_KEY": SECRET,
        "AIGUILLAGE_CONTACT_KEYS": KEY,
    }


async def test_a_server_killed_in_the_middle_loses_nothing(town: Town) -> None:
    households(town, MANY)
    desk = desk_of(town)
    made = desk.start(planned(Chosen(territory="aude")), "coordination")
    with_server = ServerProcess(town.folder, **environ(town))
    sent = lambda: [params["chat_id"] for method, params in town.telegram.calls if method == "sendMessage"]  # noqa: E731
    try:
        await asyncio.to_thread(with_server.start)
        await town.telegram.until(lambda: len(sent()) >= MANY // 3, 60)
        await asyncio.to_thread(with_server.kill)
        assert len(sent()) < MANY
        assert desk.progress(made.id)[0].state == "running"
        await asyncio.to_thread(with_server.start)
        await town.telegram.until(lambda: desk.progress(made.id)[0].state == "done", 60)
    finally:
        await asyncio.to_thread(with_server.kill)
    times = Counter(sent())
    assert sorted(times) == [1000 + number for number in range(MANY)]
    assert sum(times.values()) - MANY <= GROUP
    assert states(desk, made.id) == {"sent": MANY}


async def test_a_server_killed_between_a_send_and_its_record_sends_again(town: Town) -> None:
    reference = town.paired("ar")
    town.telegram.hang("sendMessage", done=True)  # it arrived, and the server never hears of it
    sent = town.desk.send(reference, template("materiel_pose"))
    server = ServerProcess(town.folder, **environ(town))
    try:
        await asyncio.to_thread(server.start)
        await town.shown(1)
        await asyncio.to_thread(server.kill)
        assert town.message(sent.id).state == "queued"
        await asyncio.to_thread(server.start)
        await town.telegram.until(lambda: town.message(sent.id).state == "sent", 60)
    finally:
        await asyncio.to_thread(server.kill)
    assert len(town.telegram.messages(HOUSEHOLD)) == 2
