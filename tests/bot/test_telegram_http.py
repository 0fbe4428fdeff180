"""The connection to the Bot API: bytes, time-outs and errors."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.channels.telegram_http import AiohttpRequest, FloodError, Parameters, proxy_for
from tests.fakes.telegram import FakeTelegram

CHAT = 4242


@asynccontextmanager
async def serving(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A server that answers everything alike; gives its address."""
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


@asynccontextmanager
async def bot_of(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    request = AiohttpRequest()
    bot = Bot(
        telegram.token,
        base_url=f"{telegram.url}/bot",
        base_file_url=f"{telegram.url}/file/bot",
        request=request,
        get_updates_request=AiohttpRequest(connections=1),
    )
    async with bot:
        yield bot


async def test_a_text_with_any_characters_arrives_as_it_was_sent() -> None:
    async with FakeTelegram() as telegram, bot_of(telegram) as bot:
        await bot.send_message(CHAT, "é & = + % 🔥\nΩ")
        assert telegram.last(CHAT).text == "é & = + % 🔥\nΩ"


@pytest.mark.parametrize("size", [10, 3 * 1024 * 1024])
async def test_a_file_is_uploaded_with_its_name_and_comes_back_the_same(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    async with FakeTelegram() as telegram, bot_of(telegram) as bot:
        sent = await bot.send_document(CHAT, InputFile(data, "relevé « été ».pdf"), caption="voilà")
        assert sent.document.file_name == "relevé « été ».pdf"
        assert telegram.file(telegram.last(CHAT).file_id) == data
        assert telegram.last(CHAT).text == "voilà"
        file = await bot.get_file(sent.document.file_id)
        assert bytes(await file.download_as_bytearray()) == data


async def test_an_open_file_is_uploaded() -> None:
    async with FakeTelegram() as telegram, bot_of(telegram) as bot:
        handle = InputFile(io.BytesIO(b"OggS"), "note.oga", read_file_handle=False)
        await bot.send_voice(CHAT, handle)
        assert telegram.file(telegram.last(CHAT).file_id) == b"OggS"


async def test_flood_control_says_how_long_to_wait() -> None:
    async with FakeTelegram() as telegram, bot_of(telegram) as bot:
        telegram.fail("sendMessage", status=429, retry_after=17)
        with pytest.raises(FloodError) as flood:
            await bot.send_message(CHAT, "x")
        assert flood.value.seconds == 17


@pytest.mark.parametrize(
    ("status", "error"), [(400, BadRequest), (401, InvalidToken), (403, Forbidden), (500, NetworkError)]
)
async def test_a_refusal_is_the_librarys_own_error(status: int, error: type[TelegramError]) -> None:
    async with FakeTelegram() as telegram, bot_of(telegram) as bot:
        telegram.fail("sendMessage", status=status)
        with pytest.raises(error):
            await bot.send_message(CHAT, "x")


async def test_an_answer_that_does_not_come_is_a_time_out() -> None:
    async with FakeTelegram() as telegram, bot_of(telegram) as bot:
        telegram.hang("sendMessage")
        with pytest.raises(TimedOut):
            await bot.send_message(CHAT, "x", read_timeout=0.05)


async def test_a_connection_that_never_gets_free_is_a_time_out_and_nothing_was_sent() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    request = AiohttpRequest(connections=1, pool_timeout=0.05)
    async with serving(slow) as address, request:
        first = asyncio.create_task(request.do_request(f"{address}/a", "POST"))
        await asyncio.sleep(0.02)
        with pytest.raises(TimedOut, match="not sent"):
            await request.do_request(f"{address}/b", "POST")
        first.cancel()
        await asyncio.wait({first})


async def test_no_more_connections_are_open_than_allowed() -> None:
    under_way, most = 0, 0

    async def count(request: web.Request) -> web.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return web.Response()

    async with serving(count) as address, AiohttpRequest(connections=3) as request:
        await asyncio.gather(*(request.do_request(f"{address}/x", "POST") for _ in range(12)))
    assert most == 3


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/bot1:HIDDEN/getMe", "http://[/bot1:HIDDEN/getMe"])
async def test_an_address_out_of_reach_is_a_network_error_without_the_address(address: str) -> None:
    async with AiohttpRequest() as request:
        with pytest.raises(NetworkError) as error:
            await request.post(address)
    assert "HIDDEN" not in str(error.value)
    assert error.value.__suppress_context__


async def test_a_redirection_is_not_followed_as_it_would_take_the_token_elsewhere() -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/other"})

    async with serving(elsewhere) as address, AiohttpRequest() as request:
        assert (await request.do_request(f"{address}/bot1:T/getMe", "POST"))[0] == 302


async def test_an_answer_that_is_no_json_is_an_error_and_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>Mme Martin</html>")

    async with serving(page) as address, AiohttpRequest() as request:
        with pytest.raises(TelegramError, match="Invalid server response"):
            await request.post(f"{address}/bot1:T/getMe")
    assert "Martin" not in caplog.text


async def test_after_shutdown_nothing_is_sent_and_initialize_opens_it_again() -> None:
    async with FakeTelegram() as telegram:
        request = AiohttpRequest()
        await request.initialize()
        await request.shutdown()
        await request.shutdown()
        with pytest.raises(NetworkError, match="initialize"):
            await request.post(f"{telegram.url}/bot{telegram.token}/getMe")
        await request.initialize()
        assert (await request.post(f"{telegram.url}/bot{telegram.token}/getMe"))["is_bot"]
        await request.shutdown()


async def test_calls_go_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.raw_path)
        return web.json_response({"ok": True, "result": True})

    proxy_for.cache_clear()
    try:
        async with serving(answer) as proxy:
            monkeypatch.setenv("http_proxy", proxy)
            monkeypatch.setenv("no_proxy", "direct.example")
            request = AiohttpRequest()
            await request.initialize()
            given = Parameters({"a": 1, "b": "é", "c": None})
            assert await request.post("http://telegram.example/bot/getMe", given) is True
            await request.shutdown()
            assert proxy_for("http", "direct.example") is None
    finally:
        proxy_for.cache_clear()
    assert asked == ["http://telegram.example/bot/getMe"]
