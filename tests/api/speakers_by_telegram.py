"""Visitors who speak to the bot and listen to it: the whole server, a fake Telegram, the real engines."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from api.storage.speech_schema import sounds, voice_notes
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import RATE, Sound, opus
from bot.wording import wording
from tests.api.askers_by_telegram import CHAT, Town, plain
from tests.fakes.keyboards import Shown

LISTENING = "J’écoute…"
WAIT = 120


def words(message: str, language: str = "fr") -> str:
    """A message of the catalogs, with blanks that break."""
    return wording(language)(message).replace("\u00a0", " ")


@cache
def spoken(words: str, language: str = "fr") -> bytes:
    """A voice note that says this."""
    return opus(EspeakNG().speak(words, language))


def noise(seconds: float, loud: float = 0.1) -> bytes:
    """A voice note of nothing that is said; the same each time."""
    samples = np.random.default_rng(0).standard_normal(int(seconds * RATE)) * loud * 32767
    return opus(Sound(samples.clip(-32767, 32767).astype(np.int16)))


class Speakers(Town):
    """The town of those who ask, with voices."""

    async def says(self, sound: bytes, chat: int = CHAT, language: str = "fr", **details: object) -> int:
        """Send a voice note, and wait until « J’écoute… » is there; the update's number."""
        before = len(self.telegram.messages(chat))
        update = await self.telegram.send_file(chat, sound, language=language, **{"duration": 3} | details)
        await self.telegram.until(lambda: len(self.telegram.messages(chat)) > before, WAIT)
        return update

    async def is_told(self, words: str, chat: int = CHAT) -> Shown:
        """The bot's last message with these words, once it is there, and the note gone."""

        def found() -> Shown | None:
            return next((m for m in reversed(self.telegram.messages(chat)) if words in plain(m)), None)

        await self.telegram.until(found, WAIT, f"no « {words} » in {[m.text for m in self.telegram.messages(chat)]}")
        await self.telegram.until(lambda: not self.notes(), WAIT, "the note is still kept")
        return found()

    def notes(self) -> int:
        return self._count(voice_notes)

    def sounds(self) -> int:
        return self._count(sounds)

    def _count(self, table) -> int:
        with self.store.reading() as connection:
            return connection.scalar(select(func.count()).select_from(table))

    def asked(self, chat: int = CHAT) -> str:
        """The words above the buttons that can be pressed."""
        return plain(next(m for m in reversed(self.telegram.messages(chat)) if m.buttons))

    def texts(self, chat: int = CHAT) -> list[str]:
        return [plain(m) for m in self.telegram.messages(chat)]

    async def played(self, count: int = 1, chat: int = CHAT) -> bytes:
        """The last voice note of the bot, once there are so many."""

        def voices() -> list[Shown]:
            return [m for m in self.telegram.messages(chat) if m.kind == "voice"]

        await self.telegram.until(lambda: len(voices()) >= count, WAIT, "no voice note")
        return self.telegram.file(voices()[-1].file_id)


def engines(parent: int | None = None) -> Iterator[int]:
    """The processes of the engines that a process started; else this one."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(status[1]) == (parent or os.getpid()) and b"bot.speech.worker" in (folder / "cmdline").read_bytes():
                yield int(folder.name)


def send(sent: signal.Signals) -> int:
    """Send a signal to the engines of this process; to how many."""
    found = list(engines())
    for process in found:
        with suppress(ProcessLookupError):
            os.kill(process, sent)
    return len(found)
