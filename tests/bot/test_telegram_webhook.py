"""The webhook of the Telegram channel: what is refused, what is taken in, what is brought again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram.error import BadRequest

from bot.channels.telegram import LARGEST_UPDATE, WEBHOOK_PATH, Answer, TelegramChannel, TokenError
from tests.bot.telegram_scripted import SECRET, ScriptedExchange, button, channel_to, reply
from tests.fakes.telegram import FakeTelegram

CHAT = 4242


def update(number: int = 7, **message: object) -> dict[str, object]:
    """A text in a private chat; ``message`` replaces its fields."""
    usual = {
        "message_id": 1,
        "date": 1764000000,
        "chat": {"id": CHAT, "type": "private", "first_name": "Visiteuse"},
        "from": {"id": CHAT, "is_bot": False, "first_name": "Visiteuse", "language_code": "fr"},
        "text": "bonjour",
    }
    return {"update_id": number, "message": usual | message}


def body(content: object) -> bytes:
    return json.dumps(content).encode()


@asynccontextmanager
async def started(
    telegram: FakeTelegram, exchange: ScriptedExchange, **options: object
) -> AsyncIterator[TelegramChannel]:
    channel = channel_to(telegram, exchange, **options)
    await channel.start()
    try:
        yield channel
    finally:
        await channel.stop()


@asynccontextmanager
async def served(channel: TelegramChannel) -> AsyncIterator[str]:
    """The route that the wiring adds, on a server of its own; gives the public address."""

    async def route(request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        answer = await channel.receive(await request.read(), secret)
        return web.Response(status=answer.status) if answer.call is None else web.json_response(answer.call)

    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, route)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


async def test_updates_come_to_the_registered_address_with_the_secret() -> None:
    async with FakeTelegram(secret=SECRET) as telegram:
        exchange = ScriptedExchange()
        async with started(telegram, exchange) as channel, served(channel) as address:
            await channel.register_webhook(f"{address}/")
            await telegram.delivered(await telegram.write(CHAT, "bonjour"))
        registered = next(params for method, params in telegram.calls if method == "setWebhook")
        assert registered["url"] == address + WEBHOOK_PATH
        assert registered["allowed_updates"] == ["message", "callback_query"]
        assert telegram.last(CHAT).text == "« bonjour »"
        assert len(exchange.was_shown) == 1


async def test_an_update_delivered_twice_by_webhook_is_answered_once() -> None:
    async with FakeTelegram(secret=SECRET) as telegram:
        exchange = ScriptedExchange()
        async with started(telegram, exchange) as channel, served(channel) as address:
            await channel.register_webhook(address)
            number = await telegram.write(CHAT, "bonjour")
            await telegram.delivered(number)
            await telegram.redeliver(number)
        assert exchange.tries == 2
        assert [shown.text for shown in telegram.messages(CHAT)] == ["« bonjour »"]


async def test_a_failing_take_is_brought_again_by_telegram_and_then_answered() -> None:
    async with FakeTelegram(secret=SECRET) as telegram:
        exchange = ScriptedExchange(failures=2)
        async with started(telegram, exchange) as channel, served(channel) as address:
            await channel.register_webhook(address)
            number = await telegram.press(CHAT, "oui", message_id=1)
            await telegram.delivered(number)
        assert exchange.tries == 3
        assert len(telegram.messages(CHAT)) == 1
        assert telegram.answered(number)


def pressed(number: int) -> bytes:
    query = {
        "id": f"query-{number}",
        "from": {"id": CHAT, "is_bot": False, "first_name": "Visiteuse"},
        "chat_instance": "1",
        "data": "oui",
        "message": {"message_id": 1, "date": 0, "chat": {"id": CHAT, "type": "private"}},
    }
    return body({"update_id": number, "callback_query": query})


async def test_a_spinner_stops_with_the_answer_to_the_call_once_the_reply_is_there() -> None:
    async with FakeTelegram(secret=SECRET) as telegram:
        exchange = ScriptedExchange(lambda incoming: reply("Noté"))
        async with started(telegram, exchange) as channel, served(channel) as address:
            await channel.register_webhook(address)
            press = await telegram.press(CHAT, "oui", message_id=1)
            await telegram.delivered(press)
            await telegram.until(lambda: telegram.answered(press))
        assert [shown.text for shown in telegram.messages(CHAT)] == ["Noté"]


async def test_a_spinner_does_not_turn_as_long_as_a_slow_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.SPINS", 0.01)
    async with FakeTelegram() as telegram:
        number = await telegram.press(CHAT, "oui", message_id=1)
        exchange = ScriptedExchange(gate=asyncio.Event())
        async with started(telegram, exchange) as channel:
            call = asyncio.create_task(channel.receive(pressed(number), SECRET))
            await telegram.until(lambda: telegram.answered(number))
            assert telegram.messages(CHAT) == []
            exchange.gate.set()
            assert await call == Answer(200)
        assert len(telegram.messages(CHAT)) == 1


async def test_a_failing_take_answers_503_tells_nothing_and_still_stops_the_spinner() -> None:
    async with FakeTelegram() as telegram:
        number = await telegram.press(CHAT, "oui", message_id=1)
        exchange = ScriptedExchange(failures=1)
        async with started(telegram, exchange) as channel:
            assert await channel.receive(pressed(number), SECRET) == Answer(503)
        assert telegram.answered(number)
        assert telegram.messages(CHAT) == []


@pytest.mark.parametrize(("keeps", "status"), [(True, 200), (False, 503)])
async def test_a_reply_that_must_wait_for_an_hour_is_kept_or_brought_again(keeps: bool, status: int) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(keeps=keeps)
        telegram.fail("sendMessage", status=429, retry_after=3600)
        async with started(telegram, exchange) as channel:
            assert (await channel.receive(body(update()), SECRET)).status == status
        assert list(exchange.later_in.values()) == [3600]
        assert telegram.messages(CHAT) == []


async def test_a_reply_that_could_not_be_shown_is_repeated_at_the_next_delivery() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        telegram.fail("sendMessage", status=500, times=5)
        async with started(telegram, exchange) as channel:
            assert (await channel.receive(body(update()), SECRET)).status == 503
            assert telegram.messages(CHAT) == []
            assert (await channel.receive(body(update()), SECRET)).status == 200
        assert [shown.text for shown in telegram.messages(CHAT)] == ["« bonjour »"]
        assert len(exchange.taken) == 1


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "sécrète", SECRET.upper()])
async def test_a_wrong_or_missing_secret_is_refused_and_changes_nothing(secret: str | None) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with started(telegram, exchange) as channel:
            assert (await channel.receive(body(update()), secret)).status == 401
        assert exchange.tries == 0


@pytest.mark.parametrize("own", [None, ""])
async def test_without_a_secret_of_its_own_the_channel_takes_nothing_in(own: str | None) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with started(telegram, exchange, secret=own) as channel:
            for secret in (None, ""):
                assert (await channel.receive(body(update()), secret)).status == 401
            with pytest.raises(ValueError, match="AIGUILLAGE_TELEGRAM_WEBHOOK_SECRET"):
                await channel.register_webhook("https://aiguillage.example")
        assert exchange.tries == 0


async def test_a_body_over_one_megabyte_is_refused() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with started(telegram, exchange) as channel:
            assert (await channel.receive(b" " * (LARGEST_UPDATE + 1), SECRET)).status == 413
            assert (await channel.receive(body(update()).ljust(LARGEST_UPDATE), SECRET)).status == 200
        assert exchange.tries == 1


WRONG_SHAPES = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b'{"update_id": 1, "message": "\xff"}',
    "a list": b"[]",
    "a number": b"1",
    "deep nesting": b"[" * 100_000,
    "no number": body({"message": update()["message"]}),
    "a number in words": body(update() | {"update_id": "7"}),
    "true as a number": body(update() | {"update_id": True}),
    "a broken number": body(update() | {"update_id": 7.5}),
    "a message in words": body({"update_id": 7, "message": "bonjour"}),
    "an empty message": body({"update_id": 7, "message": {"text": "bonjour"}}),
    "a text that is a number": body(update(text=5)),
    "a text that is a list": body(update(text=["bonjour"])),
    "half a character": body(update(text="\ud83d")),
    "a chat without number": body(update(chat={"type": "private"})),
    "a chat with a name for number": body(update(chat={"id": "x", "type": "private"})),
    "a date beyond time": body(update(date=10**30)),
    "a language that is a number": body(
        update(**{"from": {"id": 1, "is_bot": False, "first_name": "V", "language_code": 5}})
    ),
    "a query in words": body({"update_id": 7, "callback_query": "oui"}),
}


@pytest.mark.parametrize("wrong", WRONG_SHAPES.values(), ids=WRONG_SHAPES)
async def test_what_is_no_update_is_refused_and_changes_nothing(wrong: bytes) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with started(telegram, exchange) as channel:
            assert (await channel.receive(wrong, SECRET)).status == 400
        assert exchange.tries == 0
        assert [method for method, _ in telegram.calls] == ["getMe"]


SERVICE_UPDATES = {
    "an unknown kind": {"something_new": {"x": 1}},
    "a pinned message": {"message": update(text=None, new_chat_title="x")["message"]},
    "an edited message": {"edited_message": update()["message"] | {"edit_date": 1764000001}},
}


@pytest.mark.parametrize("content", SERVICE_UPDATES.values(), ids=SERVICE_UPDATES)
async def test_a_service_update_is_acknowledged_in_silence(content: dict[str, object]) -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        async with started(telegram, exchange) as channel:
            assert (await channel.receive(body({"update_id": 7} | content), SECRET)).status == 200
        assert exchange.tries == 0
        assert [method for method, _ in telegram.calls] == ["getMe"]


async def test_a_group_is_kindly_refused_once_an_update_and_nothing_is_taken_in() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange()
        group = body(update(chat={"id": -100, "type": "group", "title": "Équipe"}))
        async with started(telegram, exchange) as channel:
            assert (await channel.receive(group, SECRET)).status == 200
            assert (await channel.receive(group, SECRET)).status == 200
        sent = [params for method, params in telegram.calls if method == "sendMessage"]
        assert [params["chat_id"] for params in sent] == [-100]
        assert "conversation privée" in sent[0]["text"]
        assert exchange.tries == 0


async def test_once_stopping_the_channel_leaves_updates_to_the_next_start() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(gate=asyncio.Event())
        channel = channel_to(telegram, exchange)
        await channel.start()
        first = asyncio.create_task(channel.receive(body(update(7)), SECRET))
        await telegram.until(lambda: exchange.under_way)
        stopping = asyncio.create_task(channel.stop())
        await asyncio.sleep(0)
        assert (await channel.receive(body(update(8)), SECRET)).status == 503
        exchange.gate.set()
        assert (await first).status == 200
        await stopping
        assert exchange.was_shown == ["7"]


async def test_a_caller_that_hangs_up_does_not_interrupt_the_answer() -> None:
    async with FakeTelegram() as telegram:
        exchange = ScriptedExchange(gate=asyncio.Event())
        async with started(telegram, exchange) as channel:
            call = asyncio.create_task(channel.receive(body(update()), SECRET))
            await telegram.until(lambda: exchange.under_way)
            call.cancel()
            exchange.gate.set()
            await telegram.until(lambda: exchange.was_shown == ["7"])


async def test_a_token_refused_when_registering_is_named() -> None:
    async with FakeTelegram() as telegram:
        telegram.fail("setWebhook", status=401)
        async with started(telegram, ScriptedExchange()) as channel:
            with pytest.raises(TokenError, match="AIGUILLAGE_TELEGRAM_TOKEN"):
                await channel.register_webhook("https://aiguillage.example")


async def test_an_address_that_telegram_refuses_is_said() -> None:
    async with FakeTelegram() as telegram, started(telegram, ScriptedExchange()) as channel:
        with pytest.raises(BadRequest, match="https url must be provided"):
            await channel.register_webhook("http://aiguillage.example")


async def test_a_link_button_opens_a_page() -> None:
    async with FakeTelegram() as telegram:
        address = "https://aiguillage.example/r/" + "x" * 80
        linked = reply("Voici", rows=((button(address, "La réponse", "link"),),))
        async with started(telegram, ScriptedExchange(lambda incoming: linked)) as channel:
            assert (await channel.receive(body(update()), SECRET)).status == 200
        assert telegram.last(CHAT).buttons == [[("La réponse", address)]]
