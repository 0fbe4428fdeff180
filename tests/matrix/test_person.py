"""Two persons on a real homeserver: what the tests of the channel stand on."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import nio
import numpy as np
import pytest

from bot.speech.sounds import Sound, opus, read
from tests.matrix.homeserver import Account, Homeserver, homeserver
from tests.matrix.person import Person, person

numbers = itertools.count(1)
PITCH = Sound((12_000 * np.sin(np.arange(16_000) * 2 * np.pi * 440 / 16_000)).astype(np.int16))
ROOMS = pytest.mark.parametrize("encrypted", [False, True], ids=["in clear", "encrypted"])


def newcomer(server: Homeserver) -> Account:
    return server.register(f"p{next(numbers)}")


@asynccontextmanager
async def two_in_a_room(server: Homeserver, encrypted: bool) -> AsyncIterator[tuple[Person, Person]]:
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(person(server, newcomer(server))) for _ in range(2)]
        await one.open_room(other.user_id, encrypted=encrypted)
        await other.accept()
        await one.meet(other.user_id)
        yield one, other


@ROOMS
async def test_two_persons_write_edit_and_react_and_each_sees_what_the_other_did(
    matrix_server: Homeserver, encrypted: bool
) -> None:
    async with two_in_a_room(matrix_server, encrypted) as (one, other):
        written = await one.write("Bonjour")
        said = await other.next()
        assert (said.text, said.encrypted) == ("Bonjour", encrypted)
        await one.edit(written, "Bonsoir")
        assert await other.next() is said
        assert (said.text, said.edits) == ("Bonsoir", 1)
        answer = await other.write("Oui")
        heard = await one.next()
        assert heard.text == "Oui"
        offered = await other.react("2️⃣", to=answer)
        await one.until(lambda: heard.keys == ["2️⃣"])
        await one.react("👍")
        await other.withdraw(offered)
        await one.until(lambda: list(heard.reactions.values()) == [(one.user_id, "👍")])
        assert other.messages == [said] and one.messages == [heard]


@ROOMS
async def test_a_voice_note_goes_there_and_back(matrix_server: Homeserver, encrypted: bool) -> None:
    note = opus(PITCH)
    async with two_in_a_room(matrix_server, encrypted) as (one, other):
        await one.speak(note, PITCH.seconds)
        said = await other.next()
        heard = await other.hear(said)
        assert said.is_voice and ("file" in said.content) == encrypted
        assert heard == note and read(heard).seconds == pytest.approx(1, abs=0.1)
        await other.speak(heard, PITCH.seconds)
        assert await one.hear(await one.next()) == note


async def test_a_member_on_a_new_device_reads_what_is_said_from_then_on(matrix_server: Homeserver) -> None:
    account = newcomer(matrix_server)
    async with person(matrix_server, newcomer(matrix_server)) as one, person(matrix_server, account) as other:
        room = await one.open_room(account.user_id, encrypted=True)
        await other.accept()
        await one.meet(account.user_id)
        await one.write("avant")
        await other.next()
        async with person(matrix_server, account, room) as elsewhere:
            await elsewhere.until(lambda: elsewhere.unreadable)
            await one.until(lambda: len(one.client.device_store[account.user_id]) == 2)
            await one.write("après")
            assert (await elsewhere.next()).text == "après"


async def test_the_homeserver_refuses_with_429_where_it_is_told_so_and_knows_its_accounts_again(
    tmp_path: Path,
) -> None:
    slow = {"rc_message": {"per_second": 0.01, "burst_count": 2}}
    with homeserver(tmp_path, limits=slow) as server:
        account = newcomer(server)
        async with person(server, account) as alone:
            room = await alone.open_room()
            headers, url = {"Authorization": f"Bearer {account.access_token}"}, f"{server.url}/_matrix/client/v3/rooms"
            async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
                answers = [
                    await client.put(f"{url}/{room}/send/m.room.message/{n}", json={"msgtype": "m.text", "body": "."})
                    for n in range(3)
                ]
        assert {answer.status_code for answer in answers[:-1]} <= {200, 429} and answers[-1].status_code == 429
        assert answers[-1].json()["retry_after_ms"] > 0
    with homeserver(tmp_path) as again:
        async with person(again, account, room) as back:
            assert isinstance(await back.client.joined_rooms(), nio.JoinedRoomsResponse)
            assert await back.write("de retour")
