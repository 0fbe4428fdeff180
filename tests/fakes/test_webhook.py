"""Updates pushed to a webhook: its secret, its order, again until 2xx."""

import asyncio

import pytest

from tests.fakes.telegram import FakeTelegram


async def test_an_update_is_pushed_with_the_secret(telegram, client, receiver):
    await client.bot.set_webhook(receiver.url, secret_token="s3cret_-")
    update_id = await telegram.write(1001, "Bonjour")
    await telegram.delivered(update_id)
    assert [update["update_id"] for update in receiver.updates] == [update_id]
    assert receiver.updates[0]["message"]["text"] == "Bonjour"
    assert receiver.secrets == ["s3cret_-"]


async def test_without_a_secret_there_is_no_header(telegram, client, receiver):
    await client.bot.set_webhook(receiver.url)
    await telegram.delivered(await telegram.write(1001, "Bonjour"))
    assert receiver.secrets == [None]


async def test_an_update_is_pushed_again_until_2xx(telegram, client, receiver):
    receiver.statuses = [500, 302, 401, 204]
    await client.bot.set_webhook(receiver.url)
    update_id = await telegram.write(1001, "Bonjour")
    await telegram.delivered(update_id)
    assert [update["update_id"] for update in receiver.updates] == [update_id] * 4


async def test_a_webhook_nobody_listens_to_keeps_updates_pending(telegram, client):
    await client.bot.set_webhook("http://127.0.0.1:9/hook", max_connections=3)
    update_id = await telegram.write(1001, "Bonjour")
    await telegram.until(lambda: telegram._account.webhook.last_error)
    info = await client.bot.get_webhook_info()
    assert not telegram.is_delivered(update_id)
    assert (info.pending_update_count, info.max_connections) == (1, 3)
    assert "Connection failed" in info.last_error_message


async def test_what_waited_before_the_webhook_is_pushed_first(telegram, client, receiver):
    first = await telegram.write(1001, "un")
    await client.bot.set_webhook(receiver.url)
    second = await telegram.write(1001, "deux")
    await telegram.delivered(second)
    assert [update["update_id"] for update in receiver.updates] == [first, second]


async def test_one_chats_messages_wait_for_each_other(telegram, client, receiver):
    receiver.statuses = [500, 500]
    await client.bot.set_webhook(receiver.url)
    for text in ("un", "deux", "trois"):
        last = await telegram.write(1001, text)
    await telegram.delivered(last)
    texts = [update["message"]["text"] for update in receiver.updates]
    assert texts == ["un", "un", "un", "deux", "trois"]


async def hold(telegram: FakeTelegram, receiver) -> asyncio.Event:
    """The receiver answers nobody until the event is set."""
    event = asyncio.Event()

    async def wait(update: dict) -> None:
        await event.wait()

    receiver.before_answer = wait
    return event


async def test_one_chat_does_not_wait_for_another(telegram, client, receiver):
    event = await hold(telegram, receiver)
    await client.bot.set_webhook(receiver.url)
    await telegram.write(1001, "un")
    await telegram.write(1002, "deux")
    await telegram.until(lambda: len(receiver.updates) == 2)
    event.set()


async def test_no_more_updates_at_once_than_max_connections(telegram, client, receiver):
    event = await hold(telegram, receiver)
    await client.bot.set_webhook(receiver.url, max_connections=1)
    await telegram.write(1001, "un")
    last = await telegram.write(1002, "deux")
    await telegram.until(lambda: receiver.updates)
    await asyncio.sleep(0.1)
    assert len(receiver.updates) == 1
    event.set()
    await telegram.delivered(last)


async def test_the_same_update_is_pushed_again_on_demand(telegram, client, receiver):
    await client.bot.set_webhook(receiver.url, secret_token="s")
    update_id = await telegram.write(1001, "Bonjour")
    await telegram.delivered(update_id)
    await telegram.redeliver(update_id)
    assert receiver.updates[0] == receiver.updates[1]
    assert receiver.secrets == ["s", "s"]


async def test_only_allowed_kinds_are_pushed(telegram, client, receiver):
    await client.bot.set_webhook(receiver.url, allowed_updates=["callback_query"])
    await client.send(1001, "Question", [[("Oui", "y")]])
    await telegram.write(1001, "Bonjour")
    pressed = await telegram.press(1001, "y")
    await telegram.delivered(pressed)
    assert [update["update_id"] for update in receiver.updates] == [pressed]
    assert list((await client.bot.get_webhook_info()).allowed_updates) == ["callback_query"]


async def test_after_delete_webhook_updates_wait_for_polling(telegram, client, receiver):
    await client.bot.set_webhook(receiver.url)
    await client.bot.delete_webhook()
    await telegram.write(1001, "Bonjour")
    assert len(await client.updates()) == 1
    assert receiver.updates == []
    assert (await client.bot.get_webhook_info()).url == ""


async def test_an_empty_url_is_delete_webhook(telegram, client, http, receiver):
    await client.bot.set_webhook(receiver.url)
    async with http.post(f"{telegram.url}/bot{telegram.token}/setWebhook", data={"url": ""}) as response:
        assert response.status == 200
    assert (await client.bot.get_webhook_info()).url == ""


@pytest.mark.parametrize("call", ["set_webhook", "delete_webhook"])
async def test_pending_updates_can_be_dropped(telegram, client, receiver, call):
    await telegram.write(1001, "Bonjour")
    where = {"url": receiver.url} if call == "set_webhook" else {}
    await getattr(client.bot, call)(**where, drop_pending_updates=True)
    assert (await client.bot.get_webhook_info()).pending_update_count == 0
    assert receiver.updates == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://example.invalid/hook"}, "An HTTPS URL must be provided for webhook"),
        ({"secret_token": "with space"}, "secret token contains unallowed characters"),
        ({"secret_token": "s" * 257}, "secret token contains unallowed characters"),
        ({"max_connections": 101}, "max_connections must be between 1 and 100"),
    ],
)
async def test_a_webhook_telegram_would_refuse_is_refused(client, receiver, params, words):
    with pytest.raises(client.BadRequest, match=f"(?i){words}"):
        await client.bot.set_webhook(**{"url": receiver.url} | params)


async def test_a_webhook_without_the_expected_secret_is_a_violation(http, receiver):
    async with FakeTelegram(secret="expected", strict=False) as telegram:
        address = f"{telegram.url}/bot{telegram.token}/setWebhook"
        async with http.post(address, data={"url": receiver.url, "secret_token": "other"}) as response:
            assert response.status == 400
        async with http.post(address, data={"url": receiver.url, "secret_token": "expected"}) as response:
            assert response.status == 200
        assert telegram.violations == ["setWebhook › secret_token: not the secret this test expects"]


async def test_a_call_in_the_answer_to_a_delivery_is_played(telegram, client, receiver):
    receiver.body = {"method": "sendMessage", "chat_id": 1001, "text": "Reçu"}
    await client.bot.set_webhook(receiver.url)
    await telegram.delivered(await telegram.write(1001, "Bonjour"))
    assert telegram.last(1001).text == "Reçu"


async def test_a_wrong_call_in_the_answer_to_a_delivery_is_a_violation(lax, http, receiver):
    receiver.body = {"method": "sendMessage", "chat_id": 1001}
    async with http.post(f"{lax.url}/bot{lax.token}/setWebhook", data={"url": receiver.url}):
        await lax.delivered(await lax.write(1001, "Bonjour"))
    assert "in the answer to a webhook delivery: sendMessage › text: missing" in lax.violations[0]


async def test_a_call_in_the_answer_to_a_delivery_that_is_refused_is_told_to_nobody(telegram, client, receiver):
    receiver.body = {"method": "answerCallbackQuery", "callback_query_id": "of yesterday"}
    await client.bot.set_webhook(receiver.url)
    await telegram.delivered(await telegram.write(1001, "Bonjour"))
    assert telegram.violations == []


async def test_a_call_of_no_method_in_the_answer_to_a_delivery_is_a_violation(lax, http, receiver):
    receiver.body = {"method": "sendPigeon", "chat_id": 1001}
    async with http.post(f"{lax.url}/bot{lax.token}/setWebhook", data={"url": receiver.url}):
        await lax.delivered(await lax.write(1001, "Bonjour"))
    assert lax.violations == ["in the answer to a webhook delivery: no such method"]


async def test_a_button_press_does_not_wait_for_a_message(telegram, client, receiver):
    event = await hold(telegram, receiver)
    await client.bot.set_webhook(receiver.url)
    await client.send(1001, "Question", [[("Oui", "y")]])
    await telegram.write(1001, "un")
    await telegram.press(1001, "y")
    await telegram.until(lambda: len(receiver.updates) == 2)
    event.set()
