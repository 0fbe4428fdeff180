"""A household's phone on a real homeserver, its case on the desk, and the visitor who follows it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from api.households.asking import case_token
from api.households.deep_links import household_start, visitor_start
from api.households.desk import Desk
from api.storage.households import Case, Stored
from bot.channels.matrix_events import keycap_of
from bot.channels.matrix_rooms import PENDING
from bot.followup.content import TEMPLATE, Content
from bot.followup.relay import Sender
from bot.followup.templates import templates
from tests.bot.household import examples
from tests.matrix.person import Person, Said, person
from tests.matrix.phone import WITHIN, Phone, newcomer

SENDER = Sender("Amina", "Département de l'Aude", "01 23 45 67 89", "dpo@exemple.fr")
APPOINTMENT = "rendez_vous_confirmation"
RIGHT_TO_LEFT = "\u200f"


class Home:
    """``phone`` is the household's; its jobs run. ``reference``: of its case."""

    def __init__(self, phone: Phone, language: str = "fr") -> None:
        self.phone = phone
        with self.desk.store.households(self.desk.vault) as households:
            self.reference = households.open_case(language, SENDER).reference

    @property
    def desk(self) -> Desk:
        return self.phone.parts.desk

    @property
    def person(self) -> Person:
        return self.phone.visitor

    async def line(self) -> str:
        """What the page of the case says to write."""
        with self.desk.store.households(self.desk.vault) as households:
            link = households.new_link(self.reference, datetime.now(UTC) + timedelta(days=1))
        invitation = await self.phone.channel.invitation(household_start(link.token))
        assert invitation.link == f"https://matrix.to/#/{self.phone.bot.user_id}"
        return str(invitation.line)

    async def pair(self, consent: str | None = None) -> None:
        """Link the chat; ``consent`` is then given without being asked for."""
        if consent:
            with self.desk.store.households(self.desk.vault) as households:
                households.change(self.reference, consent=consent)
        await self.person.write(await self.line())
        await self.until(lambda: len(self.thread()) == 1 and self.thread()[0].state == "sent")

    def send(self, name: str = APPOINTMENT) -> Stored:
        return self.desk.send(self.reference, Content(TEMPLATE, name, examples(templates()[name])))

    def case(self) -> Case:
        with self.desk.store.households(self.desk.vault) as households:
            return households.case(self.reference)

    def thread(self) -> list[Stored]:
        with self.desk.store.households(self.desk.vault) as households:
            return households.thread(self.reference)

    def answers(self) -> list[Stored]:
        return [one for one in self.thread() if one.direction == "in"]

    async def until(self, seen, what: str = "") -> None:
        for _ in range(int(WITHIN / 0.05)):
            if await asyncio.to_thread(seen):
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(f"{what}: {[said.text for said in self.person.messages]}")

    async def asked(self, button: str) -> tuple[Said, int, str]:
        """The newest message with this choice, once it can be answered: itself, the number, the words."""
        found: list[tuple[str, int, str]] = []

        def offered() -> bool:
            newest = self.phone.memory.offered_now(self.person.room)[:1]
            for one in newest:
                for number, (data, label) in enumerate(one.choices, 1):
                    if data.endswith(f":{button}") and not one.message.startswith(PENDING):
                        found.append((one.message, number, label))
            return bool(found)

        await self.until(offered, button)
        message, number, label = found[-1]
        await self.person.until(lambda: any(said.event == message for said in self.person.messages))
        return next(said for said in self.person.messages if said.event == message), number, label

    async def press(self, button: str, *, by: str = "number", digits: str = "0123456789") -> Said:
        """Answer by number (in these digits), by reaction or by words; under which message."""
        said, number, label = await self.asked(button)
        if by == "reaction":
            await self.person.react(keycap_of(number), said.event)
        else:
            typed = str(number).translate(str.maketrans("0123456789", digits))
            await self.person.write(typed if by == "number" else label)
        return said


@asynccontextmanager
async def home(phone: Phone, language: str = "fr", *, trusted: bool = False) -> AsyncIterator[Home]:
    async with phone.open(trusted=trusted):
        await phone.run_jobs()
        yield Home(phone, language)


@asynccontextmanager
async def followed(home: Home) -> AsyncIterator[Person]:
    """The visitor who follows the household, in a room of their own with the same bot."""
    phone = home.phone
    async with person(phone.server, newcomer(phone.server, "visiteuse")) as visitor:
        await visitor.open_room(phone.bot.user_id, encrypted=phone.encrypted)
        await visitor.meet(phone.bot.user_id)
        start = visitor_start(case_token(home.reference, phone.parts.settings.secret_key))
        await visitor.write(str((await phone.channel.invitation(start)).line))
        await heard(visitor, home.reference)
        yield visitor


async def heard(someone: Person, words: str) -> Said:
    """The newest message with these words, once it is there."""
    with contextlib.suppress(TimeoutError):
        found = await someone.until(lambda: [one for one in someone.messages if words in plain(one.text)] or None)
        return found[-1]
    raise AssertionError(f"no « {words} » in {[one.text for one in someone.messages]}")


def plain(words: str) -> str:
    return words.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2060", "")
