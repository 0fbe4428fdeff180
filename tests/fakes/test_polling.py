"""getUpdates: what is delivered, again until confirmed, and to whom."""

import asyncio
import time

import pytest


def ids(updates: list) -> list[int]:
    return [update.update_id for update in updates]


async def test_a_text_arrives_with_its_writer_and_her_language(telegram, client):
    update_id = await telegram.write(1001, "Bonjour", language="ar")
    (update,) = await client.updates()
    assert update.update_id == update_id
    assert (update.message.text, update.message.chat.id) == ("Bonjour", 1001)
    assert (update.message.from_user.first_name, update.message.from_user.language_code) == (
        "Visiteuse",
        "ar",
    )


async def test_a_command_is_marked_as_one(telegram, client):
    await telegram.write(1001, "/start maintenant")
    (update,) = await client.updates()
    (entity,) = update.message.entities
    assert (entity.type, entity.offset, entity.length) == ("bot_command", 0, 6)


async def test_updates_come_again_until_a_higher_offset_confirms_them(telegram, client):
    first, second = await telegram.write(1001, "un"), await telegram.write(1001, "deux")
    assert ids(await client.updates()) == [first, second]
    assert ids(await client.updates()) == [first, second]
    assert ids(await client.updates(offset=first + 1)) == [second]
    assert ids(await client.updates()) == [second]
    assert telegram.is_delivered(first)
    assert not telegram.is_delivered(second)


async def test_a_limit_holds_back_the_rest(telegram, client):
    first = await telegram.write(1001, "un")
    await telegram.write(1001, "deux")
    assert ids(await client.updates(limit=1)) == [first]


async def test_a_negative_offset_keeps_the_last_ones_and_forgets_the_others(telegram, client):
    await telegram.write(1001, "un")
    last = await telegram.write(1001, "deux")
    assert ids(await client.updates(offset=-1)) == [last]
    assert ids(await client.updates()) == [last]


async def test_a_long_poll_ends_when_something_is_written(telegram, client):
    poll = asyncio.create_task(client.updates(timeout=5))
    await telegram.until(lambda: telegram.calls)
    started = time.monotonic()
    update_id = await telegram.write(1001, "Bonjour")
    assert ids(await poll) == [update_id]
    assert time.monotonic() - started < 1


async def test_a_long_poll_ends_empty_after_its_timeout(client):
    started = time.monotonic()
    assert await client.updates(timeout=1) == []
    assert time.monotonic() - started > 0.9


async def test_updates_of_other_kinds_than_allowed_are_not_made(telegram, client):
    await client.updates(allowed_updates=["callback_query"])
    await client.updates()
    await client.send(1001, "Question", [[("Oui", "y")]])
    await telegram.write(1001, "Bonjour")
    pressed = await telegram.press(1001, "y")
    assert ids(await client.updates()) == [pressed]


async def test_polling_is_refused_while_a_webhook_is_set(telegram, client, receiver):
    await client.bot.set_webhook(receiver.url)
    with pytest.raises(client.Conflict, match="can't use getUpdates method while webhook is active"):
        await client.updates()
    await client.bot.delete_webhook()
    assert await client.updates() == []


async def test_a_second_poll_ends_the_first(telegram, client):
    poll = asyncio.create_task(client.updates(timeout=5))
    await telegram.until(lambda: telegram.calls)
    await client.updates()
    with pytest.raises(client.Conflict, match="terminated by other getUpdates request"):
        await poll


async def test_an_update_is_repeated_on_demand_although_confirmed(telegram, client):
    update_id = await telegram.write(1001, "Bonjour")
    assert await client.updates(offset=update_id + 1) == []
    await telegram.redeliver(update_id)
    assert ids(await client.updates(offset=update_id + 1)) == [update_id]
    assert await client.updates(offset=update_id + 1) == []


async def test_waiting_for_delivery_gives_up_with_words(telegram):
    update_id = await telegram.write(1001, "Bonjour")
    with pytest.raises(TimeoutError, match=f"update {update_id} is not taken after 0.05 s"):
        await telegram.delivered(update_id, timeout=0.05)


async def test_a_blocked_bot_is_told_if_the_test_wants(telegram, client):
    telegram.block(1001, notify=True)
    (update,) = await client.updates()
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(RuntimeError, match="chat 1001 has blocked the bot"):
        await telegram.write(1001, "Bonjour")


async def test_a_webhook_ends_a_poll(telegram, client, receiver):
    poll = asyncio.create_task(client.updates(timeout=5))
    await telegram.until(lambda: telegram.calls)
    await client.bot.set_webhook(receiver.url)
    with pytest.raises(client.Conflict, match="terminated by setWebhook request"):
        await poll


async def test_a_poller_who_left_takes_nothing(telegram, client):
    update_id = await telegram.write(1001, "Bonjour")
    poll = asyncio.create_task(client.updates(offset=update_id + 1, timeout=5))
    await telegram.until(lambda: telegram.calls)
    poll.cancel()
    await asyncio.sleep(0.1)
    await telegram.redeliver(update_id)
    await asyncio.sleep(0.1)
    assert ids(await client.updates(offset=update_id + 1)) == [update_id]
