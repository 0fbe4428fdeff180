"""A visitor is told in their own chat what coordination said of their question, in their language."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from api.households.jobs import TELL_ASKER, LaterJobs
from api.jobs.runtime import Loop
from api.jobs.sending import INTERNAL, TURNS, UNREACHABLE, Retries
from api.review.coordination import CoordinationDesk
from api.storage.journal import Clock, now
from api.storage.store import Store
from api.storage.tidings import drop_tiding, tiding_failed, tiding_shown, tiding_waiting
from api.storage.vault import SealError, Vault
from api.storage.visitors import REACHED, Visitor, Visitors
from bot.channels.patience import kind_and_place
from bot.followup.outgoing import UndeliveredError
from bot.messages import Reply

log = logging.getLogger(__name__)
UNKNOWN_ADDRESS = "unknown_address"


class AskerChats(Protocol):
    """Where visitors of a channel are told."""

    async def tell_asker(self, address: str, reply: Reply) -> None:
        """Raises UndeliveredError."""


@dataclass(frozen=True, slots=True)
class Due:
    """What may be told now: by which channel, to whom, and in which words."""

    channel: str
    address: str
    said: Reply


class TellingAskers:
    """The job ``tell_asker``. ``channels``: by name, those that can write to a visitor; in the others, and where no
    address is known, the visitor is told at the next visit. A crash between the sending and its record may tell twice,
    never not at all."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        jobs: LaterJobs,
        coordination: Callable[[Connection], CoordinationDesk],
        channels: Mapping[str, AskerChats],
        loop: Loop,
        retries: Retries | None = None,
        clock: Clock = now,
    ) -> None:
        self._store, self._vault, self._jobs, self._coordination = store, vault, jobs, coordination
        self._channels, self._loop, self._retries, self._clock = channels, loop, retries or Retries(), clock
        self._turns = [threading.Lock() for _ in range(TURNS)]

    def tell_asker(self, tiding: str, tries: str = "1") -> None:
        """Tell a tiding, once: whoever comes second finds it told."""
        with self._turns[hash(tiding) % TURNS]:
            due = self._found(tiding)
            if due is None:
                return
            outcome = self._loop.run(self._tried(tiding, due))
            self._loop.until_done(partial(self._record, tiding, outcome, int(tries)))

    def give_up(self, tiding: str) -> None:
        """Telling failed again and again for a reason of our own: it waits for the next visit."""
        with self._store.transaction() as journal:
            tiding_failed(journal.connection, tiding, INTERNAL)

    def _found(self, name: str) -> Due | None:
        with self._store.transaction() as journal:
            connection = journal.connection
            tiding = tiding_waiting(connection, name)
            visitor = self._visitor(connection, tiding.visitor) if tiding else None
            if tiding is None or (visitor and visitor.channel not in REACHED):
                return None
            if visitor is None or visitor.address is None:
                tiding_failed(connection, name, UNKNOWN_ADDRESS)
                return None
            said = self._coordination(connection).news(tiding, visitor.language)
            if said is None:
                drop_tiding(connection, name)
                return None
            return Due(visitor.channel, visitor.address, replace(said, tidings=(name,)))

    def _visitor(self, connection: Connection, key: str) -> Visitor | None:
        try:
            return Visitors(connection, self._vault).visitor(key)
        except SealError as error:
            log.error("telling visitors: %s", error)
            return None

    async def _tried(self, tiding: str, due: Due) -> UndeliveredError | None:
        channel = self._channels.get(due.channel)
        if channel is None:  # this server has none of its kind
            return UndeliveredError(UNREACHABLE)
        try:
            await channel.tell_asker(due.address, due.said)
        except UndeliveredError as error:
            return error
        except Exception as error:
            log.error("tiding %s: not told: %s", tiding, kind_and_place(error))
            return UndeliveredError(INTERNAL, final=True)
        return None

    def _record(self, tiding: str, outcome: UndeliveredError | None, tries: int) -> None:
        with self._store.transaction() as journal:
            if outcome is None:
                tiding_shown(journal.connection, tiding, self._clock())
            elif outcome.final or tries >= self._retries.tries:
                tiding_failed(journal.connection, tiding, outcome.code)
            else:
                delay = self._retries.pause(tries, outcome.retry_after)
                key = f"tiding-{tiding}-{tries + 1}-{self._clock().isoformat()}"  # a later visit begins to count anew
                self._jobs.add(journal.connection, TELL_ASKER, key, tiding, str(tries + 1), delay=delay)
