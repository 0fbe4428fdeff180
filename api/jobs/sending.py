"""A message on its way to a household: sent once its transaction committed, tried again, failed or cancelled."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from api.households.desk import Desk
from api.households.jobs import CAMPAIGN, SEND, SHOW_ANSWER, TELL_VISITOR, LaterJobs
from api.jobs.runtime import Loop
from api.storage.households import CANCELLED, FAILED, QUEUED, Case, ErasedCaseError, Households, Stored
from api.storage.journal import Clock, now
from api.storage.recordings import recorded_sound
from bot.channels.patience import kind_and_place
from bot.followup import relay
from bot.followup.content import TEMPLATE, Content, HeldError, Shown
from bot.followup.errors import CatalogError
from bot.followup.hearing import with_listening
from bot.followup.outgoing import OutgoingChannel, UndeliveredError
from bot.followup.planning import still_true
from bot.followup.slots import SlotError

log = logging.getLogger(__name__)

Outcome = str | UndeliveredError
SHOW_TRIES = 4
TURNS = 64  # cases share a turn by chance
GONE, HELD, LATE, ERASED, INTERNAL, UNREACHABLE = "gone", "held", "late", "erased", "internal", "unreachable"


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a message is tried, and the pauses in between in seconds: twice as long each time."""

    tries: int = 12
    first: float = 5.0
    longest: float = 3600.0

    def pause(self, failures: int, asked: float | None = None) -> float:
        """``asked``: what the network asked to wait, at least."""
        return max(min(self.first * 2 ** (failures - 1), self.longest), asked or 0.0)


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may leave now: to whom, and what is shown."""

    message: Stored
    address: str
    shown: Shown


class Sending:
    """The jobs ``send_message`` and ``show_answer``. ``channels``: by name."""

    def __init__(
        self,
        desk: Desk,
        jobs: LaterJobs,
        channels: Mapping[str, OutgoingChannel],
        loop: Loop,
        retries: Retries | None = None,
        clock: Clock = now,
    ) -> None:
        self._desk, self._jobs, self._channels, self._loop = desk, jobs, channels, loop
        self._retries, self._clock = retries or Retries(), clock
        self._turns = [threading.Lock() for _ in range(TURNS)]

    def send_message(self, message: str, tries: str = "1") -> None:
        """Send a message, after those of its case that were to leave before it: a household reads them in order."""
        with self._desk.store.households(self._desk.vault) as households:
            case, before = self._before(households, message)
        with self._turns[hash(case) % len(self._turns)]:
            for earlier in before:
                self._send(earlier, 1)
            self._send(message, int(tries))

    def _before(self, households: Households, message: str) -> tuple[str, list[str]]:
        try:
            stored = households.message(message)
        except ErasedCaseError:
            return "", []
        return stored.case, households.waiting_before(stored)

    def _send(self, message: str, tries: int) -> None:
        with self._desk.store.households(self._desk.vault) as households:
            ready = self.ready(households, message)
        if ready is None or (tries == 1 and ready.message.failure is not None):  # tried: another job tries again
            return
        outcome = self._loop.run(self.tried(ready))
        self._loop.until_done(lambda: self._record(ready.message, outcome, tries))

    def _record(self, message: Stored, outcome: Outcome, tries: int) -> None:
        with self._desk.store.households(self._desk.vault) as households:
            if isinstance(outcome, UndeliveredError):
                self.undelivered(households, message, outcome, tries)
            else:
                households.delivered(message, outcome)

    def show_answer(self, message: str, tries: str = "1") -> None:
        """Show under a message which of its buttons was pressed; a comfort, given up after a few tries.

        It may have been pressed before it was noted that it arrived.
        """
        try:
            with self._desk.store.households(self._desk.vault) as households:
                stored = households.message(message)
                case = households.case(stored.case)
        except ErasedCaseError:
            return
        channel = self._channels.get(stored.channel)
        if channel is None or not (stored.pressed and case.address) or case.channel != stored.channel:
            return
        if not stored.sent:
            return self._show_again(stored, int(tries))
        with self._desk.store.households(self._desk.vault) as households:
            shown = _heard(households, self._desk.shown(stored, case), stored, case)
        try:
            self._loop.run(channel.answered(case.address, stored.sent, shown, stored.id, stored.pressed))
        except UndeliveredError as error:
            if not error.final:
                self._show_again(stored, int(tries), error.retry_after)

    def _show_again(self, message: Stored, tries: int, asked: float | None = None) -> None:
        if tries >= SHOW_TRIES:
            return
        delay, key = self._retries.pause(tries, asked), f"answer-{message.id}-{message.pressed}-{tries}"
        with self._desk.store.households(self._desk.vault) as households:
            self._jobs.add(households.connection, SHOW_ANSWER, key, message.id, str(tries + 1), delay=delay)

    def give_up(self, job: str, *ids: str) -> bool:
        """A job failed again and again for a reason of our own: a message that waits for it has failed, and is told.

        False for a campaign: it is never given up.
        """
        if job == SEND:
            with suppress(LookupError), self._desk.store.households(self._desk.vault) as households:
                self.undelivered(households, households.message(ids[0]), UndeliveredError(INTERNAL, final=True), 1)
        return job != CAMPAIGN

    async def tried(self, ready: Ready) -> Outcome:
        """What its channel calls the message that was sent, or why it was not."""
        channel = self._channels.get(ready.message.channel)
        if channel is None:  # this server has none of its kind
            return UndeliveredError(UNREACHABLE)
        try:
            return await channel.send(ready.address, ready.shown, ready.message.id)
        except UndeliveredError as error:
            return error
        except Exception as error:
            log.error("message %s: not sent: %s", ready.message.id, kind_and_place(error))
            return UndeliveredError(INTERNAL, final=True)

    def ready(self, households: Households, message: str) -> Ready | None:
        """The message, if it is still to leave; what may not leave any more is cancelled or has failed."""
        try:
            stored = households.message(message)
            return self.judged(households, stored, households.case(stored.case))
        except ErasedCaseError:
            households.mark(message, state=CANCELLED, failure=ERASED)
            return None

    def judged(self, households: Households, stored: Stored, case: Case) -> Ready | None:
        """``ready`` of a message that was read in this transaction, with its case."""
        if stored.state != QUEUED:
            return None
        if stored.pressed is not None:  # it arrived, and the record of that was lost
            households.delivered(stored, stored.sent or "")
            return None
        if not still_wanted(stored, case):
            households.mark(stored.id, state=CANCELLED, failure=case.consent)
            return None
        if case.channel != stored.channel or case.address is None:
            self.undelivered(households, stored, UndeliveredError(GONE, final=True), 1)
            return None
        content = Content.from_record(stored.content)
        if not still_true(content, self._clock()):
            self.undelivered(households, stored, UndeliveredError(LATE, final=True), 1)
            return None
        try:
            shown = self._desk.shown(stored, case)
        except (HeldError, CatalogError, SlotError, KeyError):
            self.undelivered(households, stored, UndeliveredError(HELD, final=True), 1)
            return None
        return Ready(stored, case.address, _heard(households, shown, stored, case))

    def undelivered(self, households: Households, message: Stored, error: UndeliveredError, tries: int) -> None:
        """Record a failure: the last one is told to who follows the case, any other is followed by a new try."""
        if error.final or tries >= self._retries.tries:
            households.mark(message.id, state=FAILED, failure=error.code)
            self._jobs.add(households.connection, TELL_VISITOR, f"tell-{message.id}", message.id)
            return
        households.mark(message.id, failure=error.code)
        delay, key = self._retries.pause(tries, error.retry_after), f"send-{message.id}-{tries + 1}"
        self._jobs.add(households.connection, SEND, key, message.id, str(tries + 1), delay=delay)


def _heard(households: Households, shown: Shown, stored: Stored, case: Case) -> Shown:
    """With a person's recording of it, where there is one: nobody has to ask for it. Else with a button to hear it."""
    sound = None
    if stored.kind == TEMPLATE:
        sound = recorded_sound(households.connection, case.territory, stored.subject, stored.language)
    return with_listening(shown, sound)


def still_wanted(message: Stored, case: Case) -> bool:
    """Whether a household that stopped or refused meanwhile still gets this: that it was heard, and no more."""
    if case.consent == relay.STOPPED:
        return message.subject == relay.OPT_OUT
    if case.consent == relay.REFUSED:
        template = message.subject if message.kind == TEMPLATE else None
        return message.subject == "refused" or relay.may_send(template, case.consent)
    return True
