"""Events taken in durably: one event is one transaction, and an event delivered twice is answered and logged once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from asyncio import wrap_future
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from api.review.coordination import CoordinationDesk
from api.rulesets import Rulesets
from api.storage.journal import SqlJournal
from api.storage.store import Store
from api.storage.tidings import tiding_shown
from bot import reply_record
from bot.conversation import hear, respond
from bot.coordination import NO_COORDINATION
from bot.followup.asking import NO_HOUSEHOLDS, HouseholdDesk
from bot.followup.questions import Facts
from bot.membership import OPEN, Membership
from bot.messages import Incoming, Reply
from bot.offline_questions import CHANNEL as OFFLINE_CHANNEL
from bot.offline_questions import OfflineQuestion, Receipt, changes, log_offline
from bot.services import Services
from rules.model import Territory


def keyed_hash(secret_key: str) -> Callable[[str], str]:
    """A one-way key of an asker: HMAC-SHA256 under the secret key, 32 hexadecimal digits."""
    return lambda asker: hmac.new(secret_key.encode(), asker.encode(), hashlib.sha256).hexdigest()[:32]


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

    async def take(self, incoming: Incoming) -> Reply | None:
        return await wrap_future(self.store.write(lambda journal: self._answer(incoming, journal)))

    async def shown(self, incoming: Incoming) -> None:
        await wrap_future(self.store.write(lambda journal: journal.mark_shown(incoming.channel, incoming.event)))

    async def told(self, tidings: Sequence[str]) -> None:
        """Note that these were shown to whom they concern."""
        await wrap_future(self.store.write(lambda journal: _note_shown(tidings, journal)))

    def take_now(self, incoming: Incoming) -> Reply | None:
        """The reply to an event; the same again while it was not shown; None once it was. With what there is to tell
        beside, which no event holds: it is told until it was shown."""
        return self.store.write(lambda journal: self._answer(incoming, journal)).result()

    def _answer(self, incoming: Incoming, journal: SqlJournal) -> Reply | None:
        desk = self.coordination(journal.connection) if self.coordination else None
        known = journal.seen(incoming.channel, incoming.event)
        if known is None:
            reply = respond(incoming, self._services(journal))
            journal.record(incoming.channel, incoming.event, reply_record.to_record(reply))
            if desk is not None:
                desk.visited(incoming, self._asker(incoming), journal.logged)
        elif journal.was_shown(incoming.channel, incoming.event):
            return None
        else:
            reply = reply_record.from_record(known)
        return reply if desk is None else desk.with_news(reply, incoming, self._asker(incoming))

    async def keep(self, question: OfflineQuestion, today: date) -> Receipt:
        """Log a question that was answered without network. Raises QuestionRefused, and then logs nothing."""
        return await wrap_future(self.store.write(lambda journal: self._keep(question, today, journal)))

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


def _note_shown(tidings: Sequence[str], journal: SqlJournal) -> None:
    for tiding in tidings:
        tiding_shown(journal.connection, tiding, datetime.now(UTC))
