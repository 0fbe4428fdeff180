"""The updates of one bot: made once, kept until confirmed, delivered again until then."""

import asyncio
import time
from dataclasses import dataclass, field

from tests.fakes.faults import Refusal

ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
WEBHOOK_SET = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_CAME = "Conflict: terminated by setWebhook request"


@dataclass
class Updates:
    """`made` is every update ever, `pending` the ids not yet confirmed, `again` those to repeat.

    `upcoming` is the id the next one will have.
    """

    made: dict[int, dict] = field(default_factory=dict)
    pending: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    closed: bool = False
    upcoming: int = 500001
    _polls: int = 0
    _ended: str = OTHER_POLL
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def wanted(self, kind: str) -> bool:
        """Whether the bot asked for updates of this kind; the empty list is Telegram's default."""
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST

    def make(self, kind: str, content: dict) -> dict:
        """A new update, pending if the bot wants its kind."""
        update = {"update_id": self.upcoming, kind: content}
        self.upcoming += 1
        self.made[update["update_id"]] = update
        if self.wanted(kind):
            self.pending.append(update["update_id"])
        self.wake()
        return update

    def confirm(self, update_id: int) -> None:
        """The bot has this one."""
        self.pending = [pending for pending in self.pending if pending != update_id]
        self.wake()

    def repeat(self, update_id: int) -> None:
        """The next getUpdates carries this update again, whatever its offset."""
        self.again.append(update_id)
        self.wake()

    def wake(self) -> None:
        """Whoever waits for a change looks again."""
        self._news.set()
        self._news = asyncio.Event()

    def end_poll(self, words: str) -> None:
        """A getUpdates still waiting is refused with these words."""
        self._polls += 1
        self._ended = words
        self.wake()

    async def change(self, timeout: float) -> None:
        """Returns at the next change, or after `timeout` seconds."""
        try:
            await asyncio.wait_for(self._news.wait(), timeout)
        except TimeoutError:
            return

    async def poll(self, offset: int, limit: int, timeout: float) -> list[dict]:
        """Up to `limit` updates from `offset` on, waiting `timeout` seconds for the first."""
        self.end_poll(OTHER_POLL)
        poll, deadline = self._polls, time.monotonic() + timeout
        self._forget_before(offset)
        while not (batch := self._batch(limit)):
            left = deadline - time.monotonic()
            if left <= 0 or self.closed:
                return []
            await self.change(left)
            if poll != self._polls:
                raise Refusal(409, self._ended)
        return batch

    def _forget_before(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [update_id for update_id in self.pending if update_id >= offset]
        self.wake()

    def _batch(self, limit: int) -> list[dict]:
        ids = sorted({*self.again, *self.pending})[:limit]
        self.again = [update_id for update_id in self.again if update_id not in ids]
        return [self.made[update_id] for update_id in ids]
