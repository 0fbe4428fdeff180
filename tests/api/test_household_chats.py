"""A household's chat in a network that is not Telegram: nothing of the use case knows which one it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api.exchange import keyed_hash
from api.households.chats import DeskChats
from api.households.deep_links import household_start
from api.households.desk import Desk
from api.households.jobs import SEND
from api.storage.store import Store
from api.storage.vault import Vault
from bot.channels.household_chats import Deed, Took, button_data
from bot.messages import Text
from tests.api.test_desk import KEY, SENDER, Listed

SECRET = "s" * 40
ADDRESS = "@menage:exemple.fr"


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, Vault([KEY]), Listed(), lambda _: None)


def chats(desk: Desk) -> DeskChats:
    return DeskChats("matrix", desk, SECRET, keyed_hash(SECRET), "https://a.fr")


def link(desk: Desk) -> tuple[str, str]:
    """A case, and what its link says."""
    with desk.store.households(desk.vault) as households:
        case = households.open_case("ar", SENDER)
        token = households.new_link(case.reference, datetime.now(UTC) + timedelta(days=1)).token
    return case.reference, household_start(token)


def case_and_thread(desk: Desk, reference: str):
    with desk.store.households(desk.vault) as households:
        return households.case(reference), households.thread(reference)


async def test_a_link_pairs_the_chat_and_asks_for_the_language_in_the_same_network(desk: Desk) -> None:
    reference, start = link(desk)
    assert await chats(desk).take(Deed("e1", ADDRESS, start=start)) == Took()
    case, [asked] = case_and_thread(desk, reference)
    assert (case.channel, asked.channel, asked.subject) == ("matrix", "matrix", "choix_langue")
    assert [job for job, _, _ in desk.jobs.added] == [SEND]


async def test_the_same_event_twice_is_taken_in_once(desk: Desk) -> None:
    reference, start = link(desk)
    for _ in range(2):
        await chats(desk).take(Deed("e1", ADDRESS, start=start))
    assert len(case_and_thread(desk, reference)[1]) == 1


async def test_a_press_and_then_stop_are_the_household_s_answers(desk: Desk) -> None:
    reference, start = link(desk)
    await chats(desk).take(Deed("e1", ADDRESS, start=start))
    [asked] = case_and_thread(desk, reference)[1]
    await chats(desk).take(Deed("e2", ADDRESS, button=button_data(asked.id, "langue.uk")))
    case, thread = case_and_thread(desk, reference)
    assert case.language == "uk" and thread[-1].subject == "accord_messages"
    await chats(desk).take(Deed("e3", ADDRESS, button=button_data(thread[-1].id, "oui")))
    assert case_and_thread(desk, reference)[0].consent == "given"
    await chats(desk).take(Deed("e4", ADDRESS, typed="STOP"))
    assert case_and_thread(desk, reference)[0].consent == "stopped"


async def test_what_a_household_cannot_mean_is_told_so(desk: Desk) -> None:
    _, start = link(desk)
    await chats(desk).take(Deed("e1", ADDRESS, start=start))
    assert await chats(desk).take(Deed("e2", ADDRESS)) == Took(Text("chat.household_only"))


async def test_who_is_no_household_goes_on_with_the_interview(desk: Desk) -> None:
    assert await chats(desk).take(Deed("e1", ADDRESS, typed="bonjour")) is None
