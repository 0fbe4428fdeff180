"""What lasts of Matrix beside conversations, on both databases: rooms, choices, the position; no id in clear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from api.exchange import keyed_hash
from api.storage.matrix_rooms import REMEMBERED, MatrixRooms
from api.storage.matrix_schema import matrix_rooms
from api.storage.store import Store
from bot.channels.matrix_rooms import FIRST_TIME, OTHER, VISITOR
from bot.channels.matrix_view import Choice
from tests.api.kept_data import SECRET, VAULT, dump

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


async def test_no_room_and_no_person_is_in_clear(memory: MatrixRooms, store: Store) -> None:
    await memory.speaker(ROOM, ONE)
    await memory.keep_position("s1")
    kept = dump(store)
    assert [one for one in (ROOM, ONE, BOT, "salon") if one in kept] == []
    with store.reading() as connection:
        assert connection.scalar(select(matrix_rooms.c.visitor)) == keyed_hash(SECRET)(f"matrix:{ONE}")
