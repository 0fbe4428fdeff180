"""The whole server's household part over a fake Telegram: bot, desk, jobs, both ways, in one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from api.exchange import keyed_hash
from api.households.asking import case_token
from api.households.chats import DeskChats
from api.households.deep_links import household_start, visitor_start
from api.households.desk import Desk
from api.households.jobs import CAMPAIGN, HEAR_REPLY, SEND, SHOW_ANSWER, TELL_VISITOR
from api.jobs.adding import DurableJobs, prepare_tables
from api.jobs.draining import Draining
from api.jobs.runtime import JobsRuntime, Loop
from api.jobs.sending import Retries, Sending
from api.jobs.telling import Telling
from api.jobs.worker import Worker
from api.speech.hearing_replies import HearingReplies
from api.storage.households import Stored
from api.storage.schema import metadata
from api.storage.store import Store
from api.storage.vault import Vault
from bot.channels import Aloud
from bot.channels.telegram_household import Pace, TelegramHouseholds
from bot.followup.content import TEMPLATE, Content
from bot.followup.relay import Sender
from bot.followup.templates import templates
from bot.speech.voice import Voice
from bot.translation.translator import MachineText
from tests.bot.household import examples
from tests.bot.telegram_scripted import ScriptedExchange, polling
from tests.fakes.telegram import FakeTelegram

SENDER = Sender("Amina", "Département de l'Aude", "01 23 45 67 89", "dpo@exemple.fr")
KEY, SECRET = "k" * 40, "s" * 40
HOUSEHOLD, VISITOR = 424_242_001, 717_171_002
FAST = Retries(tries=4, first=0.1, longest=0.2)


async def told_by_machine(words: str, language: str) -> MachineText | None:
    """A machine that knows one sentence."""
    known = {"شكرا لكم": "Merci à vous"}
    return MachineText(words, known[words], language, "fr", (language, "fr")) if words in known else None


@dataclass
class Town:
    """Households and their visitor, on a store and a fake Telegram."""

    store: Store
    telegram: FakeTelegram
    folder: Path
    exchange: ScriptedExchange = field(default_factory=ScriptedExchange)
    planned: list[datetime] = field(default_factory=list)
    aloud: Aloud | None = None
    whisper: Path | None = None

    def __post_init__(self) -> None:
        prepare_tables(self.store.engine.url)
        self.vault, self.jobs = Vault([KEY]), DurableJobs(self.store.engine)
        self.desk = Desk(self.store, self.vault, self.jobs, lambda _: None)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """The bot listens and the jobs run."""
        chats = DeskChats("telegram", self.desk, SECRET, keyed_hash(SECRET), "https://a.fr", aloud=self.aloud)
        async with (
            polling(self.telegram, self.exchange, households=chats) as channel,
            self.working(TelegramHouseholds(channel.bot, Pace(on=False))),
        ):
            yield

    @asynccontextmanager
    async def working(self, out: TelegramHouseholds) -> AsyncIterator[None]:
        loop = Loop()
        sending = Sending(self.desk, self.jobs, {out.name: out}, loop, FAST)
        voice = Voice(self.folder / "models", 400, whisper=self.whisper)  # seconds: the machine may be busy
        chats = {out.name: out}
        telling = Telling(self.desk, self.jobs, chats, loop, voice.voice_note, told_by_machine, FAST)
        jobs = {
            HEAR_REPLY: HearingReplies(self.desk, voice, loop).hear_reply,
            SEND: sending.send_message,
            SHOW_ANSWER: sending.show_answer,
            TELL_VISITOR: telling.tell_visitor,
            CAMPAIGN: Draining(self.desk, sending, loop, FAST).run_campaign,
        }
        worker = Worker(self.folder / "workers")
        runtime = JobsRuntime(
            self.store.engine, worker, loop, jobs, self.planned.append, give_up=sending.give_up, polling=0.02
        )
        await runtime.start()
        try:
            yield
        finally:
            await runtime.stop()
            await voice.close()

    def opened(self, language: str) -> str:
        with self.store.households(self.vault) as households:
            return households.open_case(language, SENDER).reference

    def paired(self, language: str, chat: int = HOUSEHOLD, consent: str = "given") -> str:
        """A case that said yes, without going through it."""
        with self.store.households(self.vault) as households:
            reference = households.open_case(language, SENDER).reference
            households.pair(reference, "telegram", str(chat), keyed_hash(SECRET)(str(chat)))
            households.change(reference, consent=consent)
            return reference

    def followed(self, reference: str) -> None:
        with self.store.households(self.vault) as households:
            households.follow(reference, "telegram", str(VISITOR), keyed_hash(SECRET)(str(VISITOR)))

    def start_of(self, reference: str) -> str:
        """What the link on the household's page says to the bot."""
        with self.store.households(self.vault) as households:
            link = households.new_link(reference, datetime.now(UTC) + timedelta(days=1))
            return f"/start {household_start(link.token)}"

    def visitor_start_of(self, reference: str) -> str:
        return f"/start {visitor_start(case_token(reference, SECRET))}"

    def thread(self, reference: str) -> list[Stored]:
        with self.store.households(self.vault) as households:
            return households.thread(reference)

    def message(self, message: str) -> Stored:
        with self.store.households(self.vault) as households:
            return households.message(message)

    async def shown(self, count: int, chat: int = HOUSEHOLD) -> str:
        """The last message's text, once the chat has so many from the bot."""
        await self.telegram.until(
            lambda: len(self.telegram.messages(chat)) >= count,
            words=f"{[m.text for m in self.telegram.messages(chat)]}",
        )
        return self.telegram.last(chat).text

    async def press(self, button: str, chat: int = HOUSEHOLD) -> int:
        """Press the button of this id under the last message that has it, once it is shown."""

        def data() -> str | None:
            rows = [row for shown in reversed(self.telegram.messages(chat)) for row in shown.buttons]
            return next((d for row in rows for _, d in row if d.endswith(f":{button}")), None)

        await self.telegram.until(data, words=f"no button {button}")
        under = next(m for m in reversed(self.telegram.messages(chat)) if data() in str(m.buttons))
        update = await self.telegram.press(chat, data(), under.message_id)
        await self.telegram.delivered(update)
        return update

    async def writes(self, words: str, chat: int = HOUSEHOLD, language: str = "fr") -> int:
        update = await self.telegram.write(chat, words, language)
        await self.telegram.delivered(update)
        return update


def in_job_tables(store: Store) -> str:
    """Every cell of every table of the jobs."""
    with store.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if sqlite
            else "SELECT table_name FROM information_schema.tables WHERE table_schema = 'jobs'"
        )
        ours = {*metadata.tables, "sqlite_sequence"}
        names = [name for name in connection.scalars(text(listed)) if not sqlite or name not in ours]
        prefix = "" if sqlite else "jobs."
        rows = [row for name in names for row in connection.execute(text(f'SELECT * FROM {prefix}"{name}"'))]  # noqa: S608
    assert rows
    return "\n".join(str(tuple(row)) for row in rows)


def template(name: str, **values: object) -> Content:
    return Content(TEMPLATE, name, examples(templates()[name]) | values)


async def settled() -> None:
    await asyncio.sleep(0.3)
