"""Events taken in durably: one event is one transaction, and an event delivered twice is answered and logged once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

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
from bot.journal import DuplicateEvent
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
    return lambda asker: hmac.new(secret_key.encode(), asker.encode(), hashlib.sha256).hexdigest()[:32]


Late = Callable[[SqlJournal, Incoming, str, float], bool]
"""Has the reply to an event shown later, in seconds, to an asker by its key; in the caller's transaction."""
Listening = Callable[[Connection, str, Note, str, bytes], None]
"""Keeps a voice note under a name, with the address of who spoke, and has it heard; in the caller's transaction."""


@dataclass(frozen=True)
class DurableExchange:
    """The Exchange of every channel: `take` answers in a transaction of its own, in a worker thread."""

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
        return await asyncio.to_thread(self.take_now, incoming)

    async def shown(self, incoming: Incoming) -> None:
        await asyncio.to_thread(self.store.mark_shown, incoming.channel, incoming.event)

    async def later(self, incoming: Incoming, wait: float) -> bool:
        return await asyncio.to_thread(self.later_now, incoming, wait)

    def later_now(self, incoming: Incoming, wait: float) -> bool:
        """Have the reply to an event shown in ``wait`` seconds, whatever happens until then. Whether it will be."""
        with self.store.transaction() as journal:
            return self.late is not None and self.late(journal, incoming, self._asker(incoming), wait)

    async def told(self, tidings: Sequence[str]) -> None:
        await asyncio.to_thread(self.told_now, tidings)

    def told_now(self, tidings: Sequence[str]) -> None:
        """Note that these were shown to whom they concern."""
        with self.store.transaction() as journal:
            for tiding in tidings:
                tiding_shown(journal.connection, tiding, datetime.now(UTC))

    def take_now(self, incoming: Incoming) -> Reply | None:
        """The reply to an event; the same again while it was not shown; None once it was. With what there is to tell
        beside, which no event holds: it is told until it was shown."""
        reply = self._taken(incoming, lambda journal: respond(incoming, self._services(journal)))
        if reply is None or self.coordination is None:
            return reply
        with self.store.reading() as connection:
            return self.coordination(connection).with_news(reply, incoming, self._asker(incoming))

    async def listen(self, incoming: Incoming, sound: bytes) -> Reply | None:
        return await asyncio.to_thread(self.listen_now, incoming, sound)

    def listen_now(self, incoming: Incoming, sound: bytes) -> Reply | None:
        """Keep a voice note and have it heard, in one transaction with its event; what to say meanwhile."""

        def kept(journal: SqlJournal) -> Reply:
            reply, note = listen(incoming, self._services(journal))
            if note is not None and self.listening is not None:
                self.listening(journal.connection, self.note(incoming), note, incoming.asker, sound)
            return reply

        return self._taken(incoming, kept)

    async def not_heard(self, incoming: Incoming, code: str) -> Reply | None:
        return await asyncio.to_thread(self.not_heard_now, incoming, code)

    def not_heard_now(self, incoming: Incoming, code: str) -> Reply | None:
        """Why a voice note is not heard; the same again while it was not shown."""
        return self._taken(incoming, lambda journal: not_heard(incoming, code, self._services(journal)))

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
        await asyncio.to_thread(self._note_told, self.note(incoming))

    def _note_told(self, name: str) -> None:
        with self.store.transaction() as journal:
            forget(journal.connection, name)

    async def expected(self, note: Note, today: date) -> tuple[str, ...]:
        """The phrases that can be said now."""

        def looked_up() -> tuple[str, ...]:
            with self.store.transaction() as journal:
                return expected(note, today, self._services(journal))

        return await asyncio.to_thread(looked_up)

    def heard(self, journal: SqlJournal, note: Note, found: Transcript | str, today: date) -> Reply:
        """Go on with an interview by what was heard, in the caller's transaction."""
        return heard(note, found, today, self._services(journal))

    def note(self, incoming: Incoming) -> str:
        """The name of the voice note that came with an event."""
        return keyed_hash(self.secret_key)(f"note {incoming.channel} {incoming.event}")

    def _taken(self, incoming: Incoming, answer: Callable[[SqlJournal], Reply]) -> Reply | None:
        try:
            with self.store.transaction() as journal:
                known = journal.seen(incoming.channel, incoming.event)
                if known is None:
                    reply = answer(journal)
                    journal.record(incoming.channel, incoming.event, reply_record.to_record(reply))
                    if self.coordination is not None:
                        desk = self.coordination(journal.connection)
                        desk.visited(incoming, self._asker(incoming), journal.logged)
                    return reply
        except DuplicateEvent:
            with self.store.transaction() as journal:
                known = journal.seen(incoming.channel, incoming.event)
        if known is None or self.store.was_shown(incoming.channel, incoming.event):
            return None
        return reply_record.from_record(known)

    async def keep(self, question: OfflineQuestion, today: date) -> Receipt:
        """Log a question that was answered without network. Raises QuestionRefused, and then logs nothing."""
        return await asyncio.to_thread(self.keep_now, question, today)

    def keep_now(self, question: OfflineQuestion, today: date) -> Receipt:
        """The receipt of a question, logged with its event in one transaction; of one that came before, the same."""
        try:
            with self.store.transaction() as journal:
                known = journal.seen(OFFLINE_CHANNEL, question.key)
                if known is None:
                    receipt = log_offline(question, self._services(journal), today)
                    journal.record(OFFLINE_CHANNEL, question.key, {"token": receipt.token})
                    return receipt
        except DuplicateEvent:
            with self.store.transaction() as journal:
                known = journal.seen(OFFLINE_CHANNEL, question.key)
        if known is None:
            raise RuntimeError("a recorded event is not there any more")
        return Receipt(str(known["token"]), changes(question, self.rulesets.superseded, self.territory))

    def hear(self, connection: Connection, dialogue: str, question: str, facts: Facts, today: date) -> bool:
        """Go on with an interview by a household's answer, in the caller's transaction. Whether it was taken."""
        return hear(dialogue, question, facts, today, self._services(SqlJournal(connection)))

    def _asker(self, incoming: Incoming) -> str:
        return keyed_hash(self.secret_key)(f"{incoming.channel}:{incoming.asker}")

    def _services(self, journal: SqlJournal) -> Services:
        return Services(
            current=self.rulesets.current,
            compiled=self.rulesets.compiled,
            superseded=self.rulesets.superseded,
            journal=journal,
            territory=self.territory,
            key=keyed_hash(self.secret_key),
            token=lambda: secrets.token_urlsafe(16),
            now=lambda: datetime.now(UTC),
            default_territory=self.default_territory,
            households=self.households(journal.connection),
            membership=self.membership(journal.connection),
            coordination=self.coordination(journal.connection) if self.coordination else NO_COORDINATION,
        )
