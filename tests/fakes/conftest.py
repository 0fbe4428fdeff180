"""A fake Telegram, each library that drives it, plain HTTP, and a webhook's other end."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from tests.fakes.clients import Aiogram, PythonTelegramBot
from tests.fakes.telegram import FakeTelegram


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def lax() -> AsyncIterator[FakeTelegram]:
    """One that keeps violations without failing the test."""
    async with FakeTelegram(strict=False) as fake:
        yield fake


@pytest.fixture(params=[PythonTelegramBot, Aiogram])
async def client(
    request: pytest.FixtureRequest, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[PythonTelegramBot | Aiogram]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else each duration read from PTB warns
    library = request.param(telegram.url, telegram.token)
    yield library
    await library.close()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@dataclass
class Receiver:
    """A bot's webhook: keeps what comes, answers with the next of `statuses`, then 200."""

    url: str = ""
    updates: list[dict] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    body: dict | None = None
    before_answer: Callable | None = None

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.updates.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.before_answer:
            await self.before_answer(update)
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"Location": self.url} if status == 302 else {}
        return web.json_response(self.body, status=status, headers=headers)

    async def stray(self, request: web.Request) -> web.Response:
        """Where a redirect would lead."""
        return web.Response()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    app.router.add_get("/hook", receiver.stray)
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/hook"
    yield receiver
    await runner.cleanup()
