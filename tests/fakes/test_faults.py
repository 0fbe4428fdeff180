"""Faults on order: too many requests, blocked, broken, silent."""

import asyncio
import time

import pytest

from tests.fakes.clients import PythonTelegramBot
from tests.fakes.telegram import FakeTelegram


async def test_too_many_requests_says_how_long_to_wait(telegram, client):
    telegram.fail("sendMessage", status=429, retry_after=1, times=1)
    with pytest.raises(client.RetryAfter) as caught:
        await client.send(1001, "Bonjour")
    wait = caught.value.retry_after
    assert getattr(wait, "seconds", wait) == 1
    assert telegram.messages(1001) == []
    await client.send(1001, "Bonjour")
    assert len(telegram.messages(1001)) == 1


def test_a_429_is_ordered_with_its_wait():
    with pytest.raises(ValueError, match="give retry_after"):
        FakeTelegram().fail("sendMessage", status=429)


def test_a_fault_that_could_never_strike_is_refused():
    with pytest.raises(ValueError, match="no method 'sendmessage' to fail"):
        FakeTelegram().fail("sendmessage")


async def test_a_blocked_bot_is_forbidden_in_that_chat_alone(telegram, client):
    sent = await client.send(1001, "Bonjour")
    telegram.block(1001)
    with pytest.raises(client.Forbidden, match="bot was blocked by the user"):
        await client.send(1001, "Bonjour")
    with pytest.raises(client.Forbidden):
        await client.edit(1001, sent.message_id, "Bonsoir")
    await client.send(1002, "Bonjour")
    telegram.unblock(1001)
    await client.send(1001, "Encore")
    assert telegram.last(1001).text == "Encore"


async def test_a_server_fault_lasts_as_many_times_as_ordered(telegram, client):
    telegram.fail("sendMessage", status=500, times=2)
    for _ in range(2):
        with pytest.raises(client.ServerFault, match="Internal Server Error"):
            await client.send(1001, "Bonjour")
    await client.send(1001, "Bonjour")
    assert len(telegram.messages(1001)) == 1


async def test_a_fault_without_end_spares_other_methods_and_chats(telegram, client):
    telegram.fail("sendMessage", status=403, times=None, chat=1001)
    for _ in range(3):
        with pytest.raises(client.Forbidden):
            await client.send(1001, "Bonjour")
    await client.send(1002, "Bonjour")
    telegram.fail("sendMessage")
    await client.bot.get_me()


async def test_faults_strike_in_the_order_they_were_ordered(telegram, client):
    telegram.fail("sendMessage", status=403)
    telegram.fail("sendMessage", status=400, words="Bad Request: as ordered")
    with pytest.raises(client.Forbidden):
        await client.send(1001, "Bonjour")
    with pytest.raises(client.BadRequest, match=r"(?i)as ordered"):
        await client.send(1001, "Bonjour")


async def test_a_call_that_fails_is_among_the_calls(telegram, client):
    telegram.fail("sendMessage")
    with pytest.raises(client.ServerFault):
        await client.send(1001, "Bonjour")
    assert [name for name, _ in telegram.calls].count("sendMessage") == 1


async def test_a_call_can_have_its_effect_and_yet_fail(telegram, client):
    telegram.fail("sendMessage", status=500, done=True)
    with pytest.raises(client.ServerFault):
        await client.send(1001, "Bonjour")
    assert [shown.text for shown in telegram.messages(1001)] == ["Bonjour"]


@pytest.mark.parametrize(("done", "shown"), [(False, 0), (True, 1)])
async def test_a_call_can_stay_without_answer(telegram, client, done, shown):
    telegram.hang("sendMessage", done=done)
    with pytest.raises(client.TimedOut):
        await client.send_quickly(1001, "Bonjour")
    assert len(telegram.messages(1001)) == shown
    await client.send_quickly(1001, "Bonjour")
    assert len(telegram.messages(1001)) == shown + 1


async def test_a_wrong_token_is_refused(telegram, client):
    stranger = type(client)(telegram.url, "2:OTHER")
    with pytest.raises(client.Unauthorized):
        await stranger.bot.get_me()
    await stranger.close()


async def test_leaving_does_not_wait_for_what_hangs():
    async with FakeTelegram() as telegram:
        telegram.hang("sendMessage")
        library = PythonTelegramBot(telegram.url, telegram.token)
        calls = [
            asyncio.create_task(library.send(1001, "Bonjour")),
            asyncio.create_task(library.bot.get_updates(timeout=9)),
        ]
        await telegram.until(lambda: len(telegram.calls) == 2)
        started = time.monotonic()
    silent, poll = await asyncio.gather(*calls, return_exceptions=True)
    await library.close()
    assert time.monotonic() - started < 2
    assert "Internal Server Error" in str(silent)
    assert poll == ()


async def test_what_goes_wrong_can_be_mended(telegram, client):
    telegram.fail("sendMessage", times=None)
    telegram.hang("getMe")
    hanging = asyncio.create_task(client.bot.get_me())
    with pytest.raises(client.ServerFault):
        await client.send(1001, "Bonjour")
    await telegram.until(lambda: "getMe" in [method for method, _ in telegram.calls])
    telegram.mend()
    with pytest.raises(client.ServerFault):
        await hanging
    await client.send(1001, "Bonjour")
    assert len(telegram.messages(1001)) == 1
