"""Events taken in durably: one event is one transaction, and an event delivered twice is answered and logged once."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache

from sqlalchemy import Connection

from api.review.coordination import CoordinationDesk
from api.rulesets import Rulesets
from api.storage.journal import SqlJournal
from api.storage.store import Store
from api.storage.tidings import tiding_shown
from api.storage.voice_notes import forget, is_kept, understood
from bot import reply_record
from bot.conversation import hear, respond
from bot.coordination import NO_COORDINATION
from bot.followup.asking import NO_HOUSEHOLDS, HouseholdDesk
from bot.followup.questions import Facts
from bot.listening import Note, expected, heard, listen, not_heard
from bot.membership import OPEN, Membership
from bot.messages import Incoming, Reply
from bot.offline_questions import CHANNEL as OFFLINE_CHANNEL
from bot.offline_questions import OfflineQuestion, Receipt, changes, log_offline
from bot.services import Services
from bot.speech.hearing import Transcript
from rules.model import Territory


def keyed_hash(secret_key: str) -> Callable[[str], str]:
    """A one-way key of an asker: HMAC-SHA256 under the secret key, 32 hexadecimal digits."""
    key = secret_key.encode()

    @lru_cache(maxsize=64)  # an event asks for the same three times
    def hashed(asker: str) -> str:
        return hmac.digest(key, asker.encode(), "sha256").hex()[:32]

    return hashed


def chat_key(channel: str, secret_key: str) -> Callable[[str], str]:
    """The one-way key of a chat that is a household's, or that of who follows one: on Telegram that of its number, in
    any other network the one under which the same person asks."""
    key = keyed_hash(secret_key)
    return key if channel == "telegram" else lambda address: key(f"{channel}:{address}")


Late = Callable[[SqlJournal, Incoming, str, float], bool]
"""Has the reply to an event shown later, in seconds, to an asker by its key; in the caller's transaction."""
Listening = Callable[[Connection, str, Note, str, bytes], None]
"""Keeps a voice note under a name, with the address of who spoke, and has it heard; in the caller's transaction."""


@dataclass(frozen=True)
class DurableExchange:
    """The Exchange of every channel: `take` answers in the writer's thread, and gives the reply once it is durable."""

    store: Store
    rulesets: Rulesets
    territory: Callable[[str | None], Territory | None]
    secret_key: str
    default_territory: str | None = None
    households: Callable[[Connection], HouseholdDesk] = lambda _: NO_HOUSEHOLDS
    membership: Callable[[Connection], Membership] = lambda _: OPEN
    coordination: Callable[[Connection], CoordinationDesk] | None = None
    listening: Listening | None = None
    late: Late | None = None

    async def take(self, incoming: Incoming) -> Reply | None:
        return await self.store.written(self._taking(incoming))

    async def shown(self, incoming: Incoming) -> None:
        await self.store.shown(incoming.channel, incoming.event)

    async def later(self, incoming: Incoming, wait: float) -> bool:
        """Have the reply to an event shown in ``wait`` seconds, whatever happens until then. Whether it will be."""

        def kept(journal: SqlJournal) -> bool:
            return self.late is not None and self.late(journal, incoming, self._asker(incoming), wait)

        return await self.store.written(kept)

    async def told(self, tidings: Sequence[str]) -> None:
        """Note that these were shown to whom they concern."""
        await self.store.written(lambda journal: _note_shown(tidings, journal))

    def take_now(self, incoming: Incoming) -> Reply | None:
        """The reply to an event; the same again while it was not shown; None once it was. With what there is to tell
        beside, which no event holds: it is told until it was shown."""
        return self.store.write(self._taking(incoming)).result()

    def _taking(self, incoming: Incoming) -> Callable[[SqlJournal], Reply | None]:
        def taken(journal: SqlJournal) -> Reply | None:
            reply = self._answer(incoming, journal, lambda journal: respond(incoming, self._services(journal)))
            if reply is None or self.coordination is None:
                return reply
            return self.coordination(journal.connection).with_news(reply, incoming, self._asker(incoming))

        return taken

    async def listen(self, incoming: Incoming, sound: bytes) -> Reply | None:
        """Keep a voice note and have it heard, in one transaction with its event; what to say meanwhile."""

        def kept(journal: SqlJournal) -> Reply:
            reply, note = listen(incoming, self._services(journal))
            if note is not None and self.listening is not None:
                self.listening(journal.connection, self.note(incoming), note, incoming.asker, sound)
            return reply

        return await self.store.written(lambda journal: self._answer(incoming, journal, kept))

    async def not_heard(self, incoming: Incoming, code: str) -> Reply | None:
        """Why a voice note is not heard; the same again while it was not shown."""

        def told(journal: SqlJournal) -> Reply:
            return not_heard(incoming, code, self._services(journal))

        return await self.store.written(lambda journal: self._answer(incoming, journal, told))

    async def understood(self, incoming: Incoming) -> Reply | None:
        return await asyncio.to_thread(self.understood_now, self.note(incoming))

    def understood_now(self, name: str) -> Reply | None:
        """What a voice note led to; None while it is being heard."""
        with self.store.reading() as connection:
            return understood(connection, name)

    async def noted(self, incoming: Incoming) -> bool:
        return await asyncio.to_thread(self._noted, self.note(incoming))

    def _noted(self, name: str) -> bool:
        with self.store.reading() as connection:
            return is_kept(connection, name)

    async def note_told(self, incoming: Incoming) -> None:
        await self.store.written(lambda journal: forget(journal.connection, self.note(incoming)))

    async def expected(self, note: Note, today: date) -> tuple[str, ...]:
        """The phrases that can be said now."""
        return await self.store.written(lambda journal: expected(note, today, self._services(journal)))

    def heard(self, journal: SqlJournal, note: Note, found: Transcript | str, today: date) -> Reply:
        """Go on with an interview by what was heard, in the caller's transaction."""
        return heard(note, found, today, self._services(journal))

    def note(self, incoming: Incoming) -> str:
        """The name of the voice note that came with an event."""
        return self._key(f"note {incoming.channel} {incoming.event}")

    def _answer(self, incoming: Incoming, journal: SqlJournal, make: Callable[[SqlJournal], Reply]) -> Reply | None:
        """The reply that was made once, and recorded with its event; None once it was shown."""
        known = journal.seen(incoming.channel, incoming.event)
        if known is not None:
            shown = journal.was_shown(incoming.channel, incoming.event)
            return None if shown else reply_record.from_record(known)
        reply = make(journal)
        journal.record(incoming.channel, incoming.event, reply_record.to_record(reply))
        if self.coordination is not None:
            self.coordination(journal.connection).visited(incoming, self._asker(incoming), journal.logged)
        return reply

    async def keep(self, question: OfflineQuestion, today: date) -> Receipt:
        """Log a question that was answered without network. Raises QuestionRefused, and then logs nothing."""
        return await self.store.written(lambda journal: self._keep(question, today, journal))

    def keep_now(self, question: OfflineQuestion, today: date) -> Receipt:
        """The receipt of a question, logged with its event in one transaction; of one that came before, the same."""
        return self.store.write(lambda journal: self._keep(question, today, journal)).result()

    def _keep(self, question: OfflineQuestion, today: date, journal: SqlJournal) -> Receipt:
        known = journal.seen(OFFLINE_CHANNEL, question.key)
        if known is not None:
            return Receipt(str(known["token"]), changes(question, self.rulesets.superseded, self.territory))
        receipt = log_offline(question, self._services(journal), today)
        journal.record(OFFLINE_CHANNEL, question.key, {"token": receipt.token})
        return receipt

    def hear(self, connection: Connection, dialogue: str, question: str, facts: Facts, today: date) -> bool:
        """Go on with an interview by a household's answer, in the caller's transaction. Whether it was taken."""
        journal = SqlJournal(connection)
        taken = hear(dialogue, question, facts, today, self._services(journal))
        journal.finish()
        return taken

    def _asker(self, incoming: Incoming) -> str:
        return self._key(f"{incoming.channel}:{incoming.asker}")

    @cached_property
    def _key(self) -> Callable[[str], str]:
        return keyed_hash(self.secret_key)

    def _services(self, journal: SqlJournal) -> Services:
        return Services(
            current=self.rulesets.current,
            compiled=self.rulesets.compiled,
            superseded=self.rulesets.superseded,
            journal=journal,
            territory=self.territory,
            key=self._key,
            token=lambda: secrets.token_urlsafe(16),
            now=lambda: datetime.now(UTC),
            default_territory=self.default_territory,
            households=self.households(journal.connection),
            membership=self.membership(journal.connection),
            coordination=self.coordination(journal.connection) if self.coordination else NO_COORDINATION,
        )


def _note_shown(tidings: Sequence[str], journal: SqlJournal) -> None:
    for tiding in tidings:
        tiding_shown(journal.connection, tiding, datetime.now(UTC))
