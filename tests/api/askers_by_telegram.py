"""The whole server beside a fake Telegram, with visitors who ask there and coordinators who give verdicts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from api.jobs.adding import DurableJobs
from api.storage.review_schema import reviews, tidings
from api.storage.store import Store
from bot.journal import Enquiry
from tests.api.coordination import TERRITORY
from tests.api.reviewing import rule
from tests.api.serving import serving
from tests.fakes.keyboards import Shown
from tests.fakes.telegram import FakeTelegram

CHAT = 515_151_001
SR = ("mediation_bailleur", "sr_en_cours", "sans_interruption")
N1 = ("bilan", "accompagner", "sans_sr", "m12_", "joint", "n1")
REFERRED = ("bilan", "accompagner", "sans_sr", "m1_4")


def in_a_territory(folder: Path) -> dict[str, str]:
    """The settings of a server whose visitors ask in one territory, which is open to all."""
    places = folder / "territories"
    places.mkdir(parents=True, exist_ok=True)
    (places / f"{TERRITORY}.yaml").write_text(f"id: {TERRITORY}\nname: Pays d'exemple\n", "utf-8")
    return {"AIGUILLAGE_TERRITORY": TERRITORY}


@dataclass
class Town:
    """A server, its bot's phones, and what its database holds."""

    store: Store
    telegram: FakeTelegram
    folder: Path

    def __post_init__(self) -> None:
        self.jobs = DurableJobs(self.store.engine)

    @asynccontextmanager
    async def open(self, **environ: str) -> AsyncIterator[str]:
        """The server's address, while it runs."""
        settings = {
            "AIGUILLAGE_DATABASE_URL": self.store.engine.url.render_as_string(hide_password=False),
            "AIGUILLAGE_TELEGRAM_TOKEN": self.telegram.token,
            "AIGUILLAGE_TELEGRAM_API": self.telegram.url,
            **in_a_territory(self.folder),
            **environ,
        }
        with ExitStack() as stack:
            address, _ = await asyncio.to_thread(stack.enter_context, serving(self.folder, **settings))
            try:
                yield address
            finally:
                await asyncio.to_thread(stack.close)

    async def writes(self, words: str, chat: int = CHAT, language: str = "fr") -> Shown:
        return await self._done(await self.telegram.write(chat, words, language), chat)

    async def presses(self, choice: str, chat: int = CHAT) -> Shown:
        """Press the button that says this: a choice, or a letter and a colon."""
        offered = self.offered(chat)
        data = next((d for d in offered if d.endswith(f":{choice}") or d.startswith(choice)), None)
        if data is None:
            data = next(d for d in offered if d.startswith("m:"))
            await self._done(await self.telegram.press(chat, data), chat)
            return await self.presses(choice, chat)
        return await self._done(await self.telegram.press(chat, data), chat)

    def offered(self, chat: int = CHAT) -> list[str]:
        shown = next((m for m in reversed(self.telegram.messages(chat)) if m.buttons), None)
        return [data for row in shown.buttons for _, data in row] if shown else []

    async def asks(self, choices: tuple[str, ...], chat: int = CHAT, language: str = "fr") -> Enquiry:
        """A whole question; as it was logged."""
        await self.writes("/sr_ou_n1", chat, language)
        for choice in choices:
            await self.presses(choice, chat)
        return self.logged()[-1]

    async def shown(self, words: str, chat: int = CHAT) -> Shown:
        """The bot's message with these words, once it is there."""

        def found() -> Shown | None:
            return next((m for m in reversed(self.telegram.messages(chat)) if words in plain(m)), None)

        await self.telegram.until(found, 15, f"no « {words} » in {[m.text for m in self.telegram.messages(chat)]}")
        return found()

    async def _done(self, update: int, chat: int) -> Shown:
        await self.telegram.delivered(update)
        for _ in range(500):
            if await asyncio.to_thread(self.store.was_shown, "telegram", str(update)):
                break
            await asyncio.sleep(0.02)
        return self.telegram.last(chat)

    def rule(self, token: str, kind: str = "corrected", **changes: object) -> int:
        return rule(self.store, token, kind, self.jobs, **changes)

    def logged(self) -> list[Enquiry]:
        return list(reversed(list(self.store.stream())))

    def line(self, token: str):
        """Its line in the queue."""
        with self.store.reading() as connection:
            return connection.execute(select(reviews).where(reviews.c.token == token)).one()

    def tidings(self) -> list:
        with self.store.reading() as connection:
            return connection.execute(select(tidings).order_by(tidings.c.made_at, tidings.c.id)).all()

    async def told(self, count: int = 1) -> None:
        """Wait until so many tidings are noted as shown."""
        for _ in range(500):
            if sum(one.shown_at is not None for one in self.tidings()) >= count:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(f"not told: {self.tidings()}")


def plain(shown: Shown) -> str:
    """Its words, with blanks that break."""
    return shown.text.replace("\u00a0", " ")
