"""Who talks to the bot during a trial: visitors who ask, households who are written to and write back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import yaml

from tests.fakes.keyboards import Shown
from tests.fakes.telegram import FakeTelegram

CONVERSATIONS = Path(__file__).parent.parent / "conversations"
LOOK = 0.05  # seconds between two looks at a phone
LATE = 10.0  # seconds
FIRST_VISITOR = 100_000


def ways() -> list[list[str]]:
    """The choices of each golden conversation that only chooses, and is then logged once."""
    read = [yaml.safe_load(file.read_text("utf-8")) for file in sorted(CONVERSATIONS.glob("*.yaml"))]
    plain = [said for said in read if said["expect"]["logged"] == 1 and "language" not in said]
    return [[step["choose"] for step in said["steps"]] for said in plain if all(_chooses(s) for s in said["steps"])]


def _chooses(step: object) -> bool:
    return isinstance(step, dict) and list(step) == ["choose"]


@dataclass
class Visitor:
    """One question, asked in a chat of its own. She waits for each reply as long as it takes, and presses once."""

    telegram: FakeTelegram
    chat: int
    choices: list[str]
    answered: bool = False
    updates: list[int] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    again: int = 0  # presses on a screen that came back
    _pressed: tuple[int, str, str] = (0, "", "")  # the message, what it showed, the button

    async def ask(self) -> None:
        self.updates.append(await self.telegram.write(self.chat, "/start"))
        for choice in self.choices:
            data = await self._seen(lambda shown, choice=choice: _button(shown, choice) or _button(shown, None))
            if data.startswith("m:"):
                await self._press(data)
                data = await self._seen(lambda shown, choice=choice: _button(shown, choice))
            await self._press(data)
        await self._seen(_why_button)
        self.answered = True

    async def _press(self, data: str) -> None:
        last = self.telegram.last(self.chat)
        self._pressed = (last.message_id, _all_of(last), data)
        self.updates.append(await self.telegram.press(self.chat, data))

    async def _seen(self, wanted: Callable[[Shown], str | bool | None]) -> str:
        """What is wanted of the next screen, once it is there."""
        began = time.monotonic()
        while not (found := self._found(wanted)):
            await asyncio.sleep(LOOK)
            await self._press_again()
        self.waits.append(time.monotonic() - began)
        return str(found)

    def _found(self, wanted: Callable[[Shown], str | bool | None]) -> str | bool | None:
        last = self.telegram.last(self.chat)
        return wanted(last) if last and _all_of(last) != self._pressed[1] else None

    async def _press_again(self) -> None:
        """The screen that she pressed on is shown once more, below the newer one: she presses what she sees, and is
        told that it is out of date and where she is."""
        last = self.telegram.last(self.chat)
        number, words, data = self._pressed
        if last and _all_of(last) == words and last.message_id != number:
            self.again += 1
            await self._press(data)


def _button(shown: Shown, choice: str | None) -> str | None:
    """The data of the button that says a choice; without one, of « others »."""
    datas = [data for row in shown.buttons for _, data in row]
    if choice is None:
        return next((data for data in datas if data.startswith("m:")), None)
    return next((data for data in datas if data.startswith("a:") and data.split(":")[2] == choice), None)


def _why_button(shown: Shown) -> bool:
    """Only an answer has the button that asks why it is no other."""
    return any(data.startswith("w:") for row in shown.buttons for _, data in row)


def _all_of(shown: Shown) -> str:
    return shown.text + "".join(data for row in shown.buttons for _, data in row)


@dataclass
class Crowd:
    """Visitors who come one after the other, at most ``at_once`` of them at a time, until it is told to end."""

    telegram: FakeTelegram
    random: Random
    at_once: int = 8
    visitors: list[Visitor] = field(default_factory=list)
    _ending: bool = False
    _tasks: list[asyncio.Task] = field(default_factory=list)

    def come(self) -> None:
        self._tasks = [asyncio.create_task(self._one_after_the_other()) for _ in range(self.at_once)]

    async def _one_after_the_other(self) -> None:
        known = ways()
        while not self._ending:
            visitor = Visitor(self.telegram, FIRST_VISITOR + len(self.visitors), self.random.choice(known))
            self.visitors.append(visitor)
            await visitor.ask()
            await asyncio.sleep(self.random.uniform(0, 0.1))

    async def leave(self, patience: float) -> None:
        """No new question; those under way come to their answer, or are given up after ``patience`` seconds."""
        self._ending = True
        _done, waiting = await asyncio.wait(self._tasks, timeout=patience)
        for task in waiting:
            task.cancel()
        for result in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
