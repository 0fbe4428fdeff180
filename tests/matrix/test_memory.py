"""What lasts of Matrix beside conversations, on both databases: rooms, choices, the position; no id in clear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.exchange import chat_key, keyed_hash
from api.privacy.person import Persons
from api.privacy.retention import Retention
from api.privacy.terms import read_terms
from api.storage.matrix_rooms import REMEMBERED, MatrixRooms
from api.storage.matrix_schema import matrix_rooms
from api.storage.store import Store
from api.storage.visitors import Visitor, Visitors
from bot.channels.matrix_rooms import FIRST_TIME, OTHER, PENDING, VISITOR, Offered, last_seen
from bot.channels.matrix_view import Choice
from tests.api.kept_data import SECRET, SENDER, VAULT, dump

BOT, ROOM, ONE, TWO = "@robot:exemple.test", "!salon:exemple.test", "@une:exemple.test", "@deux:exemple.test"
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def memory(store: Store) -> MatrixRooms:
    return MatrixRooms(store, VAULT, keyed_hash(SECRET), BOT, lambda: NOON)


async def test_the_position_is_none_at_the_very_first_start_and_then_the_last_that_was_kept(
    memory: MatrixRooms, store: Store
) -> None:
    assert await memory.position() is None
    for position in ("s1", "s2"):
        await memory.keep_position(position)
    assert await memory.position() == "s2"
    other = MatrixRooms(store, VAULT, keyed_hash(SECRET), "@autre:exemple.test")
    assert await other.position() is None


async def test_a_room_is_its_first_speakers_and_another_one_is_told_once(memory: MatrixRooms) -> None:
    assert not await memory.bound(ROOM)
    assert await memory.speaker(ROOM, ONE, binds=False) == OTHER and not await memory.bound(ROOM)
    assert await memory.speaker(ROOM, ONE) == VISITOR and await memory.bound(ROOM)
    assert await memory.speaker(ROOM, TWO, binds=False) == OTHER
    assert [await memory.speaker(ROOM, TWO) for _ in range(2)] == [FIRST_TIME, OTHER]
    assert await memory.speaker(ROOM, ONE, binds=False) == VISITOR


async def test_a_person_is_written_to_where_they_spoke_last_and_nowhere_once_that_is_left(
    memory: MatrixRooms, store: Store
) -> None:
    await memory.speaker(ROOM, ONE)
    later = MatrixRooms(store, VAULT, keyed_hash(SECRET), BOT, lambda: NOON + timedelta(days=2))
    await later.speaker("!autre:exemple.test", ONE)
    assert await memory.room_of(ONE) == "!autre:exemple.test"
    after = MatrixRooms(store, VAULT, keyed_hash(SECRET), BOT, lambda: NOON + timedelta(days=4))
    await after.speaker(ROOM, ONE)
    assert await memory.room_of(ONE) == ROOM and await memory.room_of(TWO) is None
    for room in (ROOM, "!autre:exemple.test"):
        await memory.leave(room)
    assert await memory.room_of(ONE) is None


async def test_the_last_messages_with_choices_are_remembered_an_edited_one_as_it_is_now(memory: MatrixRooms) -> None:
    await memory.speaker(ROOM, ONE)
    for number in range(REMEMBERED + 2):
        await memory.offer(ROOM, f"$m{number}", [Choice(1, f"a:{number}:oui", "Oui", True)])
    await memory.offer(ROOM, "$m4", [Choice(1, "a:9:non", "Non, jamais", True), Choice(2, "b:9:", "Retour", False)])
    offered = await memory.offered(ROOM)
    assert [one.message for one in offered] == ["$m4", "$m6", "$m5", "$m3", "$m2"]
    newest = offered[0]
    assert [newest.data(number) for number in (0, 1, 2, 3)] == [None, "a:9:non", "b:9:", None]
    assert [newest.said(words) for words in ("non, jamais ", "NON,  JAMAIS.", "non")] == ["a:9:non", "a:9:non", None]


async def test_what_is_left_to_choose_under_a_message_does_not_bring_it_forward(memory: MatrixRooms) -> None:
    await memory.speaker(ROOM, ONE)
    yes, listen = Choice(1, "h:1:oui", "Oui", True), Choice(2, "h:1:ecouter", "Écouter", True)
    for message in ("$a", "$b"):
        await memory.offer(ROOM, message, [yes, listen])
    for message in ("$a", "$unknown"):
        await memory.leave_to_choose(ROOM, message, [listen])
    newest, marked = await memory.offered(ROOM)
    assert (newest.message, marked.message, marked.choices) == ("$b", "$a", (("", ""), ("h:1:ecouter", "Écouter")))
    assert [marked.data(number) for number in (1, 2, 3)] == [None, "h:1:ecouter", None] and marked.said("") is None
    seen = [last_seen((newest, marked), before) for before in (("$new", "$b", "$a"), ("$a",), None, ("$old",))]
    assert seen == [newest, marked, newest, None]


async def test_what_was_offered_before_it_stood_there_is_noted_once(memory: MatrixRooms) -> None:
    await memory.speaker(ROOM, ONE)
    for _ in range(2):  # sent again after a crash
        await memory.offer(ROOM, f"{PENDING}name", [Choice(1, "h:1:oui", "Oui", True)])
        for _ in range(2):  # by who sends it, and by what the homeserver brings
            await memory.stands(ROOM, f"{PENDING}name", "$a")
        assert await memory.offered(ROOM) == (Offered("$a", (("h:1:oui", "Oui"),)),)


async def test_the_room_of_a_household_goes_with_its_case_and_stays_as_long_as_it(
    memory: MatrixRooms, store: Store, tmp_path: Path
) -> None:
    reference = household_at(store, ONE)
    await memory.speaker(ROOM, ONE)
    later = NOON + timedelta(days=1000)
    Retention(store, VAULT, read_terms(tmp_path)).run(later)
    assert await memory.room_of(ONE) == ROOM
    people = Persons(store, VAULT, SECRET)
    assert people.household_at("matrix", ONE) == reference
    people.erase(people.by_case(reference))
    assert await memory.room_of(ONE) is None and not await memory.bound(ROOM)


async def test_whoever_is_a_visitor_too_keeps_their_room_and_one_who_is_erased_as_a_visitor_is_still_written_to(
    memory: MatrixRooms, store: Store
) -> None:
    reference, other = household_at(store, ONE), household_at(store, TWO)
    for room, who in ((ROOM, ONE), ("!autre:exemple.test", TWO)):
        await memory.speaker(room, who)
    with store.transaction() as journal:
        for who in (ONE, TWO):
            key = chat_key("matrix", SECRET)(who)
            Visitors(journal.connection, VAULT).join(Visitor(key, "matrix", None, "fr", who), NOON)
    people = Persons(store, VAULT, SECRET)
    people.erase(people.by_case(reference))
    people.erase(people.by_address("matrix", TWO))
    assert await memory.room_of(ONE) == ROOM
    assert await memory.room_of(TWO) == "!autre:exemple.test" and people.household_at("matrix", TWO) == other


def household_at(store: Store, address: str) -> str:
    """The case of a household that is written to by this Matrix id."""
    with store.households(VAULT) as households:
        reference = households.open_case("ar", SENDER).reference
        households.pair(reference, "matrix", address, chat_key("matrix", SECRET)(address))
    return reference


async def test_no_room_and_no_person_is_in_clear(memory: MatrixRooms, store: Store) -> None:
    await memory.speaker(ROOM, ONE)
    await memory.keep_position("s1")
    await memory.offer(ROOM, "$m", [Choice(1, "h:m:jour.2027-01-06", "mercredi 6 janvier", True)])
    kept = dump(store)
    assert [one for one in (ROOM, ONE, BOT, "salon", "janvier", "2027-01-06") if one in kept] == []
    people = Persons(store, VAULT, SECRET)
    [room] = people.export(people.by_address("matrix", ONE))["matrix_rooms"]
    assert room["offered"] == [{"message": "$m", "choices": [["h:m:jour.2027-01-06", "mercredi 6 janvier"]]}]
    with store.reading() as connection:
        assert connection.scalar(select(matrix_rooms.c.visitor)) == keyed_hash(SECRET)(f"matrix:{ONE}")
