"""Sending to a household and taking in what it answers. One use case is one transaction, jobs included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from api.households.jobs import HEAR_REPLY, SEND, SHOW_ANSWER, TELL_VISITOR, Jobs
from api.storage.households import IN, OUT, QUEUED, READY, RECEIVED, Case, Households, Link, Stored
from api.storage.journal import Clock, SqlJournal, now
from api.storage.store import Store
from api.storage.vault import Vault
from bot.followup import relay
from bot.followup.content import QUESTION, TEMPLATE, Content, HeldError, Shown, show
from bot.followup.questions import household_questions
from bot.followup.relay import Arrival, Outcome, Sent, Standing
from bot.journal import DuplicateEvent
from bot.messages import Text
from rules.model import Territory

Replan = Callable[[Households, str], object]  # what follows from an appointment, in the same transaction
Hear = Callable[[Connection, str, str, Mapping[str, object], date], bool]
LINK, PRINT = "link", "print"
HANDED = (LINK, PRINT)  # over, by the visitor; any other channel is a network that reaches the household's chat
LINK_LIFE = timedelta(days=14)
BUTTON, TEXT, VOICE = "button", "text", "voice"
SAID, UNHEARD = "original", "unheard"  # of a voice message: its words by a machine, or why there are none
NOBODY_HEARS = frozenset({"empty", "silent", "unreadable"})  # neither a machine nor a person: it has to be said again


@dataclass(frozen=True, slots=True)
class Voice:
    """What a household said: ``media`` is its media type, checked by who took it in."""

    media: str
    sound: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a household did. ``event`` is unique in its channel; ``message``: what it pressed under."""

    channel: str
    event: str
    case: str
    link: str | None = None
    message: str | None = None
    button: str | None = None
    text: str | None = None
    voice: Voice | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that was taken in: the household's message, and what was said back."""

    received: Stored | None
    said: tuple[Stored, ...]
    outcome: Outcome


class Desk:
    """What the channels, the pages and the commands do with cases."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        jobs: Jobs,
        territory: Callable[[str | None], Territory | None],
        clock: Clock = now,
        hear: Hear | None = None,
        plan: Replan | None = None,
    ) -> None:
        self.store, self.vault, self.jobs, self._territory, self._clock = store, vault, jobs, territory, clock
        self.hear, self.plan = hear, plan

    def send(self, reference: str, content: Content, *, channel: str | None = None, **columns: Any) -> Stored:
        """Send by the case's channel, or by ``link`` or ``print`` for the visitor to hand over.

        Raises HeldError where it may not leave, SlotError, CatalogError, UnknownCaseError, ErasedCaseError.
        """
        with self.store.households(self.vault) as households:
            return self.send_in(households, households.case(reference), content, channel=channel, **columns)

    def shown(self, stored: Stored, case: Case) -> Shown:
        """A message as it left. Raises HeldError, SlotError or CatalogError where it could not leave any more."""
        return show(Content.from_record(stored.content), stored.language, self._territory(case.territory))

    def send_in(
        self, households: Households, case: Case, content: Content, *, channel: str | None = None, **columns: Any
    ) -> Stored:
        """``send`` within a transaction that is open. ``columns``: about, campaign, link."""
        by = channel or case.channel or LINK
        template = content.subject if content.kind == TEMPLATE else None
        if by != PRINT and not (by == LINK and case.consent == relay.UNASKED):
            _check_consent(case, template)
        show(content, case.language, self._territory(case.territory))
        put = self._put(households, case, content, by, columns)
        if self.plan is not None and template in relay.APPOINTMENTS:
            self.plan(households, case.reference)
        return put

    def take(self, event: Event) -> Taken | None:
        """Take in what a household did, once; None when it was before. Raises UnknownButtonError, LookupError."""
        try:
            with self.store.households(self.vault) as households:
                SqlJournal(households.connection, self._clock).record(f"household-{event.channel}", event.event, {})
                return self._take(households, event)
        except DuplicateEvent:
            return None

    def _take(self, households: Households, event: Event) -> Taken:
        case = households.case(event.case)
        on = households.message(event.message) if event.message else _last_asked(households, event)
        if on is not None and (on.case != case.reference or on.direction != OUT or on.link != event.link):
            raise LookupError(f"no message {event.message!r} in this conversation")
        sent = None if on is None else Sent(on.id, Content.from_record(on.content), on.pressed)
        arrival = Arrival(sent, event.button, event.text, event.voice is not None)
        outcome = relay.take(arrival, Standing(case.language, case.consent, case.sender))
        received = None if outcome.again else self._receive(households, case, event, on, outcome)
        if outcome.language is not None:
            households.change(case.reference, language=outcome.language)
        if outcome.consent is not None:
            households.decide(case, outcome.consent, event.channel, self._read_by(case, event, sent))
        if received is not None and on is not None and on.kind == QUESTION:
            self._resume(households, on, event)
        if outcome.understood is not None:
            _understood(households, outcome.understood)
        case = households.case(case.reference)
        said = [self._say(households, case, one, event) for one in outcome.says]
        return Taken(received, tuple(one for one in said if one is not None), outcome)

    def _receive(self, households: Households, case: Case, event: Event, on: Stored | None, outcome: Outcome) -> Stored:
        kind, content = _received(event, on)
        columns = {"channel": event.channel, "link": event.link, "state": RECEIVED, "urgent": outcome.urgent}
        received = households.add(case, IN, kind, content, about=on.id if on else None, **columns)
        if event.voice is not None:
            households.keep_sound(received, event.voice.media, event.voice.sound)
        if event.button is not None and on is not None:
            households.mark(on.id, pressed=event.button)
            if event.channel != LINK:
                self.jobs.add(households.connection, SHOW_ANSWER, f"answer-{received.id}", on.id)
        self._work_on(households, received, TELL_VISITOR if event.voice is None else HEAR_REPLY)
        return received

    def heard(self, message: str, said: str | None, unheard: str = "") -> None:
        """What a machine made of a voice message, once: its words are kept and the sound goes, and what follows from
        words follows; or ``unheard`` says why there are none. Either way who follows the case is told.

        Raises LookupError, ErasedCaseError.
        """
        with self.store.households(self.vault) as households:
            case = households.case(households.message(message).case)
            stored = households.message(message)  # as it is now that the case is ours
            if SAID in stored.content or UNHEARD in stored.content:
                return
            if said is None:
                households.reword(stored, {**stored.content, UNHEARD: unheard})
                outcome = relay.unheard(case.consent) if unheard in NOBODY_HEARS else Outcome()
            else:
                households.reword(stored, {**stored.content, SAID: said})
                households.drop_sound(message)
                outcome = self._said_aloud(households, case, stored, said)
            for one in outcome.says:
                self._say(households, households.case(case.reference), one, _event_of(stored))
            self._work_on(households, stored, TELL_VISITOR)

    def _said_aloud(self, households: Households, case: Case, stored: Stored, said: str) -> Outcome:
        """What follows from words that were spoken: as if typed, but that « received » was said when they came, and
        that a decision made since then stands."""
        on = households.message(stored.about) if stored.about else None
        sent = None if on is None else Sent(on.id, Content.from_record(on.content), on.pressed)
        outcome = relay.take(Arrival(sent, text=said), Standing(case.language, case.consent, case.sender))
        since = any(decided.decided_at > stored.made_at for decided in households.consents(case.reference))
        if outcome.consent is None or since:
            return Outcome()
        households.decide(case, outcome.consent, stored.channel, said)
        households.mark(stored.id, urgent=outcome.urgent)
        return outcome

    def _work_on(self, households: Households, stored: Stored, job: str) -> None:
        self.jobs.add(households.connection, job, f"{job.partition('_')[0]}-{stored.id}", stored.id)

    def _resume(self, households: Households, on: Stored, event: Event) -> None:
        """The interview that asked goes on with what the household answered, in the same transaction."""
        if self.hear is None or event.button is None:
            return
        today = self._clock().date()
        facts = household_questions()[on.subject].facts_on(event.button, today)
        self.hear(households.connection, str(on.content["values"]["dialogue"]), on.subject, facts, today)

    def _say(self, households: Households, case: Case, saying: relay.Saying, event: Event) -> Stored | None:
        """What may not leave is not said; the visitor is told anyway."""
        try:
            show(saying.content, case.language, self._territory(case.territory))
        except HeldError:
            return None
        return self._put(households, case, saying.content, event.channel, {"about": saying.about, "link": event.link})

    def _put(self, households: Households, case: Case, content: Content, by: str, columns: Mapping[str, Any]) -> Stored:
        handed = by in HANDED
        if handed and not columns.get("link"):
            link = households.new_link(case.reference, self._clock() + LINK_LIFE)
            columns = {**columns, "link": link.key}
        state = READY if handed else QUEUED
        put = households.add(case, OUT, content.kind, content.record(), channel=by, state=state, **columns)
        if not handed and put.campaign is None:
            self.jobs.add(households.connection, SEND, f"send-{put.id}", put.id)
        return put

    def _read_by(self, case: Case, event: Event, sent: Sent | None) -> str:
        """The words on which a household decided: what it read where it pressed, else what it wrote."""
        if event.text is not None or sent is None:
            return event.text or ""
        shown = show(sent.content, case.language, self._territory(case.territory))
        return "\n\n".join("\n".join(block.lines) for block in shown.blocks)


def live(link: Link | None, clock: Clock = now) -> bool:
    """Whether a link still opens a page."""
    return link is not None and clock() < link.expires_at


def _check_consent(case: Case, template: str | None) -> None:
    if not relay.may_send(template, case.consent):
        raise HeldError(Text(f"household.held.{case.consent}", {"reference": case.reference}))


def _last_asked(households: Households, event: Event) -> Stored | None:
    """What a typed answer answers: the last message that the household got in this conversation."""
    thread = households.thread(event.case, event.link)
    return next((one for one in reversed(thread) if one.direction == OUT and one.link == event.link), None)


def _received(event: Event, on: Stored | None) -> tuple[str, dict[str, object]]:
    if event.button is not None:
        assert on is not None  # noqa: S101  (relay.take refused it otherwise)
        french = relay.answer_in_french(Content.from_record(on.content), event.button)
        return BUTTON, {"subject": on.subject, "button": event.button, "french": french}
    if event.voice is not None:
        return VOICE, {"subject": on.subject if on else ""}
    return TEXT, {"subject": on.subject if on else "", "original": event.text}


def _event_of(stored: Stored) -> Event:
    """What brought a message, as far as an answer needs it."""
    return Event(stored.channel, stored.id, stored.case, stored.link)


def _understood(households: Households, question: str) -> None:
    asked = households.message(question)
    for message in (asked.id, asked.about):
        if message is not None:
            households.mark(message, understood=True)
