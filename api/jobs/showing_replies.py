"""A reply that could not be shown when it was given is shown later, in the visitor's own chat."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

from api.households.jobs import SHOW_REPLY, LaterJobs
from api.jobs.runtime import Loop
from api.jobs.sending import UNREACHABLE, Retries
from api.jobs.telling_askers import AskerChats
from api.storage.store import Store
from api.storage.vault import SealError, Vault
from api.storage.visitors import Visitor, Visitors
from bot import reply_record
from bot.followup.outgoing import UndeliveredError
from bot.messages import Reply

log = logging.getLogger(__name__)


class ShowingReplies:
    """The job ``show_reply``. ``channels``: by name. A crash between the showing and its record may show it twice.
    Given up after some hours, as the log says: whoever writes again is shown where she is."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        jobs: LaterJobs,
        channels: Mapping[str, AskerChats],
        loop: Loop,
        retries: Retries | None = None,
    ) -> None:
        self._store, self._vault, self._jobs = store, vault, jobs
        self._channels, self._loop, self._retries = channels, loop, retries or Retries()

    def show_reply(self, event: str, visitor: str, tries: str = "1") -> None:
        """Show the reply to an event, unless it was shown meanwhile, or whoever it is for has left."""
        found = self._found(event, visitor)
        if found is None:
            return
        outcome = self._loop.run(self._tried(*found))
        self._loop.until_done(partial(self._record, event, found[0], outcome, int(tries)))

    def _found(self, event: str, key: str) -> tuple[Visitor, Reply] | None:
        with self._store.transaction() as journal:
            try:
                visitor = Visitors(journal.connection, self._vault).visitor(key)
            except SealError as error:
                log.error("showing replies: %s", error)
                return None
            if visitor is None or visitor.address is None or journal.was_shown(visitor.channel, event):
                return None
            reply = journal.seen(visitor.channel, event)
        return None if reply is None else (visitor, reply_record.from_record(reply))

    async def _tried(self, visitor: Visitor, reply: Reply) -> UndeliveredError | None:
        channel = self._channels.get(visitor.channel)
        if channel is None:  # this server has none of its kind
            return UndeliveredError(UNREACHABLE)
        try:
            await channel.tell_asker(str(visitor.address), reply)
        except UndeliveredError as error:
            return error
        return None

    def _record(self, event: str, visitor: Visitor, outcome: UndeliveredError | None, tries: int) -> None:
        if outcome is None:
            self._store.mark_shown(visitor.channel, event)
        elif outcome.final or tries >= self._retries.tries:
            log.error("%s update %s: its reply is not shown: %s", visitor.channel, event, outcome.code)
        else:
            delay, key = self._retries.pause(tries, outcome.retry_after), f"reply-{visitor.channel}-{event}-{tries + 1}"
            with self._store.transaction() as journal:
                more = (event, visitor.key, str(tries + 1))
                self._jobs.add(journal.connection, SHOW_REPLY, key, *more, delay=delay)
