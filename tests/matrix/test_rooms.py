"""Rooms, members, numbers and reactions on a real homeserver: who is answered, where, and what is said otherwise."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import httpx
import pytest

from bot.channels.matrix_events import keycap_of
from bot.wording import wording
from tests.matrix.homeserver import Homeserver, homeserver
from tests.matrix.person import person
from tests.matrix.phone import WITHIN, Phone, newcomer
from tests.matrix.wire import wire


def words(message: str, **params: object) -> str:
    return wording("fr")(message, **params).replace("\u00a0", " ")


async def test_a_reaction_goes_on_in_the_same_message_and_can_be_pressed_again(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with Phone(matrix_server, tmp_path).open(trusted=True) as phone:
        await phone.show()
        await phone.type("2")
        second = phone.visitor.messages[-1]
        asked = second.text
        await phone.visitor.until(lambda: second.keys == [keycap_of(number) for number in range(1, 8)])
        pressed = await phone.visitor.react("1️⃣", second.event)
        await phone.visitor.until(lambda: second.edits == 1 and pressed not in second.reactions)
        assert second.text != asked
        async with asyncio.timeout(WITHIN):  # it is shown, then it is noted what it offers
            while not phone.buttons()[0].startswith("a:2:"):
                await asyncio.sleep(0.02)
        await phone.visitor.react("1️⃣", second.event)
        await phone.visitor.until(lambda: second.edits == 2)
        assert len(phone.visitor.messages) == 3


async def test_where_the_bot_may_not_take_a_reaction_away_the_next_question_is_a_message_of_its_own(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with Phone(matrix_server, tmp_path).open() as phone:
        await phone.show()
        before = len(phone.visitor.messages)
        await phone.visitor.react("2️⃣")
        await phone.visitor.until(lambda: len(phone.visitor.messages) > before)
        assert all(said.edits == 0 for said in phone.visitor.messages)


async def test_the_words_of_a_choice_answer_and_a_number_outside_is_said_kindly(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with Phone(matrix_server, tmp_path).open() as phone:
        await phone.show()
        most = len(phone.buttons())
        await phone.visitor.write("42")
        await phone.hears(words("matrix.no_such_number", number=42, most=most))
        await phone.visitor.react("👍")
        await phone.type(words("choice.action.bilan").upper())
        assert phone.buttons()[0].startswith("a:1:")
        assert words("choice.action.bilan") in phone.screen.replace("\u00a0", " ")


async def test_what_is_no_words_and_what_is_corrected_afterwards_is_said(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with Phone(matrix_server, tmp_path).open() as phone:
        await phone.show()
        photo = {"msgtype": "m.image", "body": "photo.jpg", "url": "mxc://visites.test/photo"}
        await phone.visitor.client.room_send(phone.visitor.room, "m.room.message", photo)
        await phone.hears(words("matrix.words_needed"))
        written = await phone.visitor.write("!aide")
        await phone.visitor.edit(written, "1")
        await phone.hears(words("matrix.edited"))
        assert phone.buttons()[0].startswith("a:0:")


async def test_another_member_is_told_once_and_answers_nothing(
    matrix_server: Homeserver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Phone(matrix_server, tmp_path).open() as phone:
        caplog.clear()  # of what the visitor's own client says when it starts
        await phone.show()
        asked = [data for data in phone.buttons() if data.startswith("a:")]
        async with person(matrix_server, newcomer(matrix_server, "collegue")) as other:
            await phone.visitor.invite(other.user_id)
            await other.accept()
            await other.react("1️⃣", phone.visitor.messages[-1].event)
            for said in ("1", "2", "bilan du suivi"):
                await other.write(said)
            await phone.visitor.write("!aide")
            await phone.hears(words("chat.help.what"))
        assert [data for data in phone.buttons() if data.startswith("a:")] == asked
        assert len([said for said in phone.visitor.messages if words("matrix.other_member") in said.text]) == 1
        private = (phone.visitor.room, phone.visitor.user_id, other.user_id, "bilan du suivi", "1️⃣")
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith(("bot", "api", "nio")))
    assert [one for one in private if one in ours] == []


async def test_a_room_of_several_is_refused_in_words_and_left(matrix_server: Homeserver, tmp_path: Path) -> None:
    async with Phone(matrix_server, tmp_path).open() as phone:
        together = newcomer(matrix_server, "equipe")
        async with person(matrix_server, together) as other:
            await phone.visitor.open_room(together.user_id)
            await other.accept()
            await phone.visitor.meet(other.user_id)
            await phone.visitor.invite(phone.bot.user_id)
            await phone.hears(words("matrix.crowded"))
            room = phone.visitor.client.rooms[phone.visitor.room]
            await phone.visitor.until(lambda: phone.bot.user_id not in room.users)


async def test_what_was_written_while_the_bot_was_away_is_answered_in_order(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with Phone(matrix_server, tmp_path).open() as phone:
        await phone.show()
        await phone.stop()
        await phone.visitor.write("2")
        await phone.visitor.write("2")
        for number in range(60):  # more than one look brings
            note = {"msgtype": "m.notice", "body": str(number)}
            await phone.visitor.client.room_send(phone.visitor.room, "m.room.message", note)
        last = await phone.visitor.write("!aide")
        await phone.start()
        await phone._done(last)
        assert phone.buttons()[0].startswith("a:1:")  # the second 2 was written under the first question
        told = [words("chat.out_of_date").split(".")[0] in said.text for said in phone.visitor.messages[-3:]]
        assert told == [False, True, False] and words("chat.help.what") in phone.screen.replace("\u00a0", " ")


async def test_a_lost_answer_of_the_homeserver_doubles_nothing_and_a_homeserver_that_was_away_is_waited_for(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with wire(matrix_server.url) as between, Phone(matrix_server, tmp_path, between.url).open() as phone:
        await phone.show()
        between.lose(1)
        await phone.type("2")
        assert between.lost == 1
        await between.cut()
        late = await phone.visitor.write("1")
        await between.mend()
        await phone._done(late)
        texts = [said.text for said in phone.visitor.messages]
        assert len(texts) == len(set(texts)) == 4  # a welcome and three questions


async def test_a_homeserver_that_asks_to_slow_down_is_obeyed_and_gets_no_comforts(tmp_path: Path) -> None:
    slow = {"rc_message": {"per_second": 2, "burst_count": 2}}
    with homeserver(tmp_path / "homeserver", limits=slow) as server:
        async with Phone(server, tmp_path).open() as phone:
            await phone.show()
            for answer in ("2", "1", "1"):
                await phone.type(answer)
            assert phone.channel.homeserver.sparing
            assert len({said.text for said in phone.visitor.messages}) == len(phone.visitor.messages) == 5
            assert phone.visitor.messages[-1].keys == []


async def test_a_token_that_was_taken_back_is_said(matrix_server: Homeserver, tmp_path: Path) -> None:
    async with Phone(matrix_server, tmp_path).open() as phone:
        await phone.show()
        assert phone.channel.fault() is None
        with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {phone.bot.access_token}"}) as client:
            client.post(f"{matrix_server.url}/_matrix/client/v3/logout").raise_for_status()
        await phone.visitor.write("1")
        for _ in range(3000):
            if phone.channel.fault():
                break
            await asyncio.sleep(0.02)
        assert "AIGUILLAGE_MATRIX_TOKEN" in (phone.channel.fault() or "")
