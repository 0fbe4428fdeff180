"""Three phones for the same golden conversations: the terminal, a real browser, and Telegram's fake.

Each drives the real wiring on a SQLite file of its own. ``choose`` presses the button that says a choice.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import date
from pathlib import Path

from playwright.async_api import async_playwright

from api.at_work import at_work
from api.parts import open_parts
from api.settings import load_settings
from api.vitals import Vitals
from bot.channels.console import Console
from bot.channels.telegram import TelegramChannel
from bot.messages import Button
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import opus
from bot.speech.voice import Voice
from bot.translation.translator import Translator
from bot.wording import wording
from tests.api.serving import serving
from tests.chromium import LAUNCH_ARGS, chromium_path
from tests.fakes.telegram import FakeTelegram

TODAY = date(2026, 11, 23)
CHAT = 1001
MORE = "m:"


class Terminal:
    """The console, with lines typed at its prompt."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.screen, self.choices = folder, "", []

    @contextlib.asynccontextmanager
    async def open(self):
        self._start()
        yield self
        self.parts.store.close()

    def _start(self) -> None:
        settings = load_settings({"AIGUILLAGE_DATA_DIR": str(self.folder)})
        self.parts = open_parts(settings)
        lines: list[str] = []
        self.console = Console(
            self.parts.exchange, "visiteuse", lambda _: "", lines.append, lambda: TODAY, "fr", None, settings.public_url
        )
        self.lines = lines

    async def show(self) -> None:
        self._read(await self.console._take())

    def _read(self, reply) -> None:
        self.lines.clear()
        self.choices = self.console._show(reply, wording(reply.language))
        self.screen = "\n".join(self.lines)

    async def type(self, text: str) -> None:
        self._read(await self.console._answer(text, self.choices))

    async def press(self, data: str) -> None:
        found = next((n for n, b in enumerate(self.choices, 1) if b.data == data), None)
        if found is None:
            self.choices = [*self.choices, Button(data, self.choices[0].label)]
            found = len(self.choices)
        await self.type(str(found))

    def buttons(self) -> list[str]:
        return [b.data for b in self.choices]

    async def restart(self) -> None:
        self.parts.store.close()
        self._start()
        await self.show()


class Browser:
    """The web chat in a real headless Chromium."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.asynccontextmanager
    async def open(self):
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(executable_path=str(chromium_path()), args=list(LAUNCH_ARGS))
            context = await chromium.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
            self.page = await context.new_page()
            self.server = contextlib.ExitStack()
            self._serve()
            try:
                yield self
            finally:
                await chromium.close()
                await asyncio.to_thread(self.server.close)

    def _serve(self) -> None:
        self.address, _ = self.server.enter_context(serving(self.folder))

    async def show(self) -> None:
        await self.page.goto(self.address + "/")
        await self._read()

    async def _read(self) -> None:
        self.screen = await self.page.inner_text("main")
        self._buttons = [await b.get_attribute("value") for b in await self.page.locator("button[name=button]").all()]

    async def type(self, text: str) -> None:
        await self.page.fill("#text", text)
        await self._answered(self.page.locator(".write button").click())

    async def press(self, data: str) -> None:
        button = self.page.locator(f'button[name=button][value="{data}"]').first
        if await button.count() == 0:
            forged = "(data) => { document.querySelector('#reply form button[name=button]').value = data }"
            await self.page.evaluate(forged, data)
        await self._answered(button.click())

    async def _answered(self, click) -> None:
        async with self.page.expect_response(lambda r: r.url.endswith("/chat")) as response:
            await click
        await (await response.value).finished()
        await self.page.wait_for_function("!document.querySelector('[aria-busy=true]')")
        await self.page.wait_for_timeout(120)
        await self._read()

    def buttons(self) -> list[str]:
        return self._buttons

    async def restart(self) -> None:
        await asyncio.to_thread(self.server.close)
        self._serve()
        cookies = await self.page.context.cookies()
        await self.page.context.add_cookies(
            [{"name": c["name"], "value": c["value"], "url": self.address} for c in cookies]
        )
        await self.show()


class Phone:
    """Telegram: the channel polls the fake Bot API over real HTTP."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.jobs = folder, None

    @contextlib.asynccontextmanager
    async def open(self):
        async with FakeTelegram() as telegram:
            self.telegram = telegram
            await self._start()
            try:
                yield self
            finally:
                await self._stop()

    async def _start(self) -> None:
        self.parts = open_parts(load_settings({"AIGUILLAGE_DATA_DIR": str(self.folder)}))
        self.channel = TelegramChannel(
            "1:TEST", self.parts.exchange, wording, clock=lambda: TODAY, api=self.telegram.url, long_poll=1
        )
        await self.channel.start()
        self.polling = asyncio.create_task(self.channel.poll())

    async def say(self, words: str) -> None:
        """Send a voice note, and wait for what was understood; the jobs run from the first one on."""
        if self.jobs is None:
            self.jobs = contextlib.AsyncExitStack()
            models = self.parts.settings.models
            voice = await self.jobs.enter_async_context(Voice(models))
            await self.jobs.enter_async_context(
                at_work(self.parts, [self.channel], Translator(models), voice, Vitals())
            )
        before = len(self.telegram.messages(CHAT))
        await self._done(await self.telegram.send_file(CHAT, opus(EspeakNG().speak(words, "fr")), duration=2))
        await self.telegram.until(lambda: len(self.telegram.messages(CHAT)) > before + 1, 30)
        await self.telegram.until(lambda: any(d.startswith("n:") for d in self.buttons()), 30)
        self.screen = "\n".join(shown.text for shown in self.telegram.messages(CHAT))

    async def _stop(self) -> None:
        await self.channel.stop()
        await self.polling
        if self.jobs is not None:
            await self.jobs.aclose()
            self.jobs = None
        self.parts.store.close()

    async def _done(self, update: int) -> None:
        await self.telegram.delivered(update)
        for _ in range(3000):
            if await asyncio.to_thread(self.parts.store.was_shown, "telegram", str(update)):
                break
            await asyncio.sleep(0.02)
        self.screen = "\n".join(shown.text for shown in self.telegram.messages(CHAT))

    async def show(self) -> None:
        await self._done(await self.telegram.write(CHAT, "/start"))

    async def type(self, text: str) -> None:
        await self._done(await self.telegram.write(CHAT, text))

    async def press(self, data: str) -> None:
        late = None if data in self.buttons() else self.telegram.last(CHAT).message_id
        await self._done(await self.telegram.press(CHAT, data, late))

    def buttons(self) -> list[str]:
        shown = next(m for m in reversed(self.telegram.messages(CHAT)) if m.buttons)
        return [data for row in shown.buttons for _, data in row]

    async def restart(self) -> None:
        await self._stop()
        await self._start()


CHANNELS = {"terminal": Terminal, "web": Browser, "telegram": Phone}
