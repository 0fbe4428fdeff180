"""Encrypted rooms on a real homeserver: what is read there, what is not, and where the keys are."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
import stat
from pathlib import Path

import httpx
import pytest

from api.exchange import keyed_hash
from bot.channels import matrix_keys
from bot.channels.matrix_client import Homeserver as Client
from bot.channels.matrix_errors import AwayError, RefusedError
from bot.channels.matrix_identity import Identity
from bot.channels.matrix_key_folder import KeyFolder
from bot.wording import wording
from tests.bot.test_conversations import CONVERSATIONS, _check, _read, _take
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import person
from tests.matrix.phone import Phone

IN_ENCRYPTED_ROOMS = ("de_vive_voix", "redemarrage", "retour")
UNREADABLE = wording("fr")("matrix.unreadable")


def keys_of(server: Homeserver, account: Account) -> dict[str, object]:
    """What the homeserver tells everybody of an account's devices and identity."""
    asked, who = {"device_keys": {account.user_id: []}}, {"Authorization": f"Bearer {account.access_token}"}
    with httpx.Client(headers=who, trust_env=False) as client:
        return client.post(f"{server.url}/_matrix/client/v3/keys/query", json=asked).raise_for_status().json()


def named_in(file: Path) -> set[str]:
    """The people and rooms that the file of keys names."""
    asked = "select user_id from devicekeys union select room_id from megolminboundsessions"
    with contextlib.closing(sqlite3.connect(file)) as database:
        return {name for (name,) in database.execute(asked)}


def identity(phone: Phone) -> Identity:
    return Identity(phone.bot.user_id, phone.secret)


@pytest.mark.parametrize("file", [one for one in CONVERSATIONS if one.stem in IN_ENCRYPTED_ROOMS], ids=lambda f: f.stem)
async def test_a_conversation_in_an_encrypted_room_ends_as_written(
    file: Path, matrix_server: Homeserver, tmp_path: Path
) -> None:
    said = _read(file)
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        await phone.show()
        for step in said["steps"]:
            await _take(phone, step)
        assert all(message.encrypted for message in phone.visitor.messages) and not phone.visitor.unreadable
        screen = phone.screen.replace("\u2060", "").replace("\u202f", "\u00a0")
    _check(said, screen, tmp_path, "matrix")


async def test_a_reply_read_aloud_is_a_voice_note_that_the_homeserver_cannot_hear(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        await phone.show()
        await phone.visitor.write("!ecouter")
        note = await phone.visitor.until(lambda: next((one for one in phone.visitor.messages if one.is_voice), None))
        assert note.encrypted and "url" not in note.content
        assert (await phone.visitor.hear(note)).startswith(b"OggS")


async def test_the_visitor_goes_on_from_a_new_device(matrix_server: Homeserver, tmp_path: Path) -> None:
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        await phone.show()
        async with person(matrix_server, phone.account, phone.visitor.room) as elsewhere:
            await elsewhere.write("1")
            reply = await elsewhere.next()
            while "Progression" not in reply.text and not reply.text.strip():
                reply = await elsewhere.next()
            assert reply.encrypted and reply.sender == phone.bot.user_id


async def test_a_message_without_its_key_is_refused_in_words_and_the_next_one_is_read(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        await phone.show()
        client, room = phone.visitor.client, phone.visitor.room
        [bots] = client.device_store.active_user_devices(phone.bot.user_id)
        client.blacklist_device(bots)
        client.invalidate_outbound_session(room)
        await phone.visitor.write("1")
        refused = await phone.visitor.until(
            lambda: next((one for one in phone.visitor.messages if one.text == UNREADABLE), None)
        )
        assert refused.encrypted
        client.unblacklist_device(bots)
        client.invalidate_outbound_session(room)
        before = phone.visitor.messages[-1].event
        await phone.type("1")
        assert phone.visitor.messages[-1].event != before


async def test_a_message_whose_key_comes_later_is_answered(
    matrix_server: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        await phone.show()
        client, room = phone.visitor.client, phone.visitor.room
        client.invalidate_outbound_session(room)
        client.olm.create_outbound_group_session(room)
        session = client.olm.outbound_group_sessions[room]
        key, session.shared = session.session_key, True
        event = await phone.visitor.write("1")
        session.shared = False
        monkeypatch.setattr(type(session), "session_key", property(lambda _: key))
        await client.share_group_session(room, ignore_unverified_devices=True)
        await phone._done(event)
        assert UNREADABLE not in phone.screen


async def test_a_key_that_the_homeserver_did_not_take_is_given_again_before_the_reply_goes(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        client = phone.channel.homeserver.client
        share, refused = client.share_group_session, []

        async def first_refused(room: str, ignore_unverified_devices: bool) -> object:
            if not refused:
                refused.append(room)
                client.olm.create_outbound_group_session(room)
                client.olm.outbound_group_sessions[room].shared = True  # as nio does after a refusal
                return None
            return await share(room, ignore_unverified_devices)

        client.share_group_session = first_refused
        client.invalidate_outbound_session(phone.visitor.room)
        await phone.show()
        assert refused and not phone.visitor.unreadable


async def test_the_keys_are_sealed_for_one_user_and_the_device_is_signed(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    phone = Phone(matrix_server, tmp_path, encrypted=True)
    async with phone.open():
        await phone.show()
        published = keys_of(matrix_server, phone.account) | keys_of(matrix_server, phone.bot)
    file = tmp_path / "matrix" / "keys.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    with contextlib.closing(sqlite3.connect(file)) as database:
        assert b"curve25519" not in database.execute("select account from accounts").fetchone()[0]
    [device] = published["device_keys"][phone.bot.user_id].values()
    assert identity(phone).is_theirs(published["master_keys"][phone.bot.user_id])
    assert identity(phone).has_signed(device)


async def test_a_device_that_takes_the_place_of_another_is_signed_by_the_same_identity(
    matrix_server: Homeserver, tmp_path: Path
) -> None:
    phone = Phone(matrix_server, tmp_path / "first", encrypted=True)
    async with phone.open():
        pass
    phone.bot, phone.folder = matrix_server.log_in(phone.bot), tmp_path / "second"
    async with phone.open():
        await phone.show()
        devices = keys_of(matrix_server, phone.bot)["device_keys"][phone.bot.user_id]
    assert len(devices) == 2 and all(identity(phone).has_signed(device) for device in devices.values())


async def test_an_identity_of_another_client_is_left_alone_and_the_bot_answers_all_the_same(
    matrix_server: Homeserver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    phone = Phone(matrix_server, tmp_path, encrypted=True)
    others = Identity(phone.bot.user_id, "an application of theirs").published()
    who = {"Authorization": f"Bearer {phone.bot.access_token}"}
    with httpx.Client(headers=who, trust_env=False) as client:
        where = f"{matrix_server.url}/_matrix/client/v3/keys/device_signing/upload"
        client.post(where, json=others).raise_for_status()
    async with phone.open():
        await phone.show()
    assert "identity that is not ours" in caplog.text


@pytest.mark.parametrize("lost", ["the keys", "what they are sealed under"])
async def test_keys_that_cannot_be_used_stop_the_bot_with_what_to_do(
    matrix_server: Homeserver, tmp_path: Path, lost: str
) -> None:
    phone = Phone(matrix_server, tmp_path, encrypted=True)
    async with phone.open():
        pass
    if lost == "the keys":
        (tmp_path / "matrix" / "keys.db").unlink()
    else:
        phone.secret = keyed_hash("another")("matrix keys")
    with contextlib.suppress(TimeoutError):
        await phone.start()
    for _ in range(1000):
        if phone.channel.fault():
            break
        await asyncio.sleep(0.02)
    assert re.search(r"keys\.db.*log in anew.*AIGUILLAGE_MATRIX_TOKEN", phone.channel.fault())
    await phone.stop()


async def test_a_room_may_be_one_of_ours_before_the_first_sync_and_is_none_when_no_sync_tells_of_it(
    matrix_server: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_keys, "UNKNOWN", 0.2)
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        early = Client("http://127.0.0.1:9", phone.bot.user_id, "a token", keys=KeyFolder(tmp_path / "early", "s"))
        with pytest.raises(AwayError, match="not in sync yet"):
            await early.sealed(phone.visitor.room, early.call)
        there = phone.channel.homeserver
        assert await there.sealed(phone.visitor.room, there.call)
        with pytest.raises(RefusedError):
            await there.sealed("!elsewhere", there.call)
        await early.close()


async def test_who_has_gone_is_forgotten_at_the_next_start(matrix_server: Homeserver, tmp_path: Path) -> None:
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        await phone.show()
        file = tmp_path / "matrix" / "keys.db"
        assert {phone.visitor.user_id, phone.visitor.room} <= named_in(file)
        await phone.restart()
        await phone.type("!aide")
        assert not phone.visitor.unreadable
        await phone.channel.homeserver.client.room_leave(phone.visitor.room)
        await phone.restart()
        for _ in range(1000):
            if not named_in(file) & {phone.visitor.user_id, phone.visitor.room}:
                break
            await asyncio.sleep(0.02)
        assert not named_in(file) & {phone.visitor.user_id, phone.visitor.room}


async def test_the_log_names_nobody(
    matrix_server: Homeserver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with Phone(matrix_server, tmp_path, encrypted=True).open() as phone:
        await phone.show()
        names = (phone.visitor.user_id, phone.visitor.room, phone.bot.user_id, phone.bot.access_token)
    said = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")  # the test's own
    assert not [name for name in names if name in said]
