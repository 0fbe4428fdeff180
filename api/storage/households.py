"""Household cases in the database: one Households is one open transaction, which the caller commits or rolls back.

Everything that could tell who a household is, or what was said, is sealed on the way in and opened on the way out.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from api.storage.household_schema import cases, consents, episodes, household_audio, household_messages, links
from api.storage.journal import Clock, now
from api.storage.vault import Box, Vault
from bot.followup.relay import UNASKED, Sender
from bot.followup.timeline import Episode

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read for another
OUT, IN = "out", "in"
# Out: queued for a channel or ready to be handed over, sent, read; or failed, cancelled. In: received.
QUEUED, READY, SENT, READ, FAILED, CANCELLED, RECEIVED = (
    "queued", "ready", "sent", "read", "failed", "cancelled", "received",
)  # fmt: skip


class UnknownCaseError(LookupError):
    """No case has this reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


class ErasedCaseError(LookupError):
    """The case's secrets were destroyed: who it was and what was said can no longer be read."""


@dataclass(frozen=True, slots=True)
class Case:
    """A household case, opened. ``address``: where its channel writes to; ``visitor``: keyed hash of who follows it,
    and ``visitor_address`` where who follows it is told of answers."""

    reference: str
    territory: str | None
    language: str
    consent: str
    channel: str | None
    address: str | None
    sender: Sender
    visitor: str | None
    visitor_address: str | None
    alert_agreed_on: date | None
    alert_address: str | None
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A message to or from a household, opened. ``content``: plain JSON values."""

    id: str
    case: str
    number: int
    direction: str
    kind: str
    subject: str
    language: str
    content: Mapping[str, Any]
    channel: str
    link: str | None
    about: str | None
    campaign: str | None
    state: str
    failure: str | None
    pressed: str | None
    understood: bool
    urgent: bool
    sent: str | None
    made_at: datetime
    sent_at: datetime | None
    read_at: datetime | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """A household's page: ``key`` is the hash of the token in its address."""

    key: str
    case: str
    token: str
    made_at: datetime
    expires_at: datetime
    opened_at: datetime | None


def new_reference() -> str:
    """A reference to give a household: nothing in it tells who it is."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"M-{drawn[:4]}-{drawn[4:]}"


def link_key(token: str) -> str:
    return sha256(token.encode()).hexdigest()


class Households:
    """The cases on a connection."""

    def __init__(self, connection: Connection, vault: Vault, clock: Clock = now) -> None:
        self.connection = connection
        self._vault = vault
        self._clock = clock

    def open_case(
        self, language: str, sender: Sender, territory: str | None = None, visitor: str | None = None
    ) -> Case:
        """A new case under a new reference, with no address yet."""
        reference, sealing = new_reference(), self._vault.new_sealing()
        sealed = self._vault.box(sealing).seal([sender.prenom, sender.structure, sender.telephone, sender.contact])
        row = {"reference": reference, "territory": territory, "language": language, "consent": UNASKED}
        row |= {"sealing": sealing, "sender": sealed, "visitor": visitor, "opened_at": self._clock()}
        self.connection.execute(cases.insert().values(row))
        return self.case(reference)

    def case(self, reference: str) -> Case:
        """Raises UnknownCaseError, ErasedCaseError. The case is this transaction's alone until it ends."""
        wanted = select(cases).where(cases.c.reference == reference)
        row = self.connection.execute(wanted.with_for_update()).mappings().first()
        if row is None:
            raise UnknownCaseError(reference)
        return opened_case(row, self._box(row))

    def at_address(self, address_key: str) -> Case | None:
        """The case whose channel writes to this address (its keyed hash)."""
        found = self.connection.scalar(select(cases.c.reference).where(cases.c.address_key == address_key))
        return None if found is None else self.case(found)

    def change(self, reference: str, **columns: object) -> None:
        """Set columns of a case that hold no secret."""
        self.connection.execute(cases.update().where(cases.c.reference == reference).values(columns))

    def pair(self, reference: str, channel: str, address: str, address_key: str) -> None:
        """From now on the case is written to here; another case at this address is written to there no more."""
        gone = cases.update().where(cases.c.address_key == address_key)
        self.connection.execute(gone.values(channel=None, address=None, address_key=None))
        sealed = self.box(reference).seal(address)
        self.change(reference, channel=channel, address=sealed, address_key=address_key)

    def follow(self, reference: str, address: str, key: str) -> None:
        """From now on whoever writes from this address is told of what the household answers."""
        self.change(reference, visitor=key, visitor_address=self.box(reference).seal(address))

    def decide(self, case: Case, decision: str, channel: str, text: str) -> None:
        """Record what a household decided about messages, with the words it read."""
        row = {"case_ref": case.reference, "decision": decision, "language": case.language, "channel": channel}
        row |= {"text": self.box(case.reference).seal(text), "decided_at": self._clock()}
        self.connection.execute(consents.insert().values(row))
        self.change(case.reference, consent=decision)

    def box(self, reference: str) -> Box:
        row = self.connection.execute(select(cases).where(cases.c.reference == reference)).mappings().one()
        return self._box(row)

    def add(self, case: Case, direction: str, kind: str, content: Mapping[str, object], **columns: object) -> Stored:
        """Append a message to a case's thread. ``columns``: others than those that every message has."""
        counted = select(func.coalesce(func.max(household_messages.c.number), 0))
        number = self.connection.scalar(counted.where(household_messages.c.case_ref == case.reference))
        row = {"id": secrets.token_urlsafe(9), "case_ref": case.reference, "number": (number or 0) + 1}
        row |= {"direction": direction, "kind": kind, "subject": content.get("subject", ""), "language": case.language}
        row |= {"content": self.box(case.reference).seal(dict(content)), "understood": False, "urgent": False}
        row |= {"made_at": self._clock()} | columns
        self.connection.execute(household_messages.insert().values(row))
        return self.message(str(row["id"]))

    def message(self, message: str) -> Stored:
        """Raises LookupError, ErasedCaseError."""
        row = self.connection.execute(_threads().where(household_messages.c.id == message)).mappings().first()
        if row is None:
            raise LookupError(f"no message {message!r}")
        return opened_message(row, self._box(row))

    def thread(self, reference: str, link: str | None = None) -> list[Stored]:
        """The messages of a case, first to last; of one of its links only, where it is given."""
        wanted = _threads().where(household_messages.c.case_ref == reference)
        if link is not None:
            wanted = wanted.where(household_messages.c.link == link)
        rows = self.connection.execute(wanted.order_by(household_messages.c.number)).mappings().all()
        return [opened_message(row, self._box(row)) for row in rows]

    def waiting_before(self, message: Stored) -> list[str]:
        """The messages of a case that were to leave before this one, by its channel, and were not tried yet."""
        table = household_messages.c
        same = (table.case_ref == message.case) & (table.channel == message.channel) & (table.direction == OUT)
        waits = (table.state == QUEUED) & table.failure.is_(None) & table.campaign.is_(None)
        wanted = select(table.id).where(same & waits & (table.number < message.number)).order_by(table.number)
        return list(self.connection.scalars(wanted))

    def mark(self, message: str, **columns: object) -> None:
        """Set columns of a message that hold no secret."""
        self.connection.execute(household_messages.update().where(household_messages.c.id == message).values(columns))

    def withdraw(self, message: Stored) -> bool:
        """Cancel a message that has not left and that nobody has opened; False when it is too late."""
        waiting = (household_messages.c.id == message.id) & household_messages.c.state.in_((QUEUED, READY))
        return self.connection.execute(household_messages.update().where(waiting).values(state=CANCELLED)).rowcount == 1

    def delivered(self, message: Stored, sent: str) -> None:
        """Record that a message arrived, and the channel's own id of it."""
        sealed = self.box(message.case).seal(sent)
        self.mark(message.id, state=SENT, sent=sealed, sent_at=self._clock(), failure=None)

    def told(self, message: str) -> None:
        self.mark(message, told_at=self._clock())

    def reword(self, message: Stored, content: Mapping[str, object]) -> None:
        """Keep what is known of a message's content by now, as its translation."""
        self.mark(message.id, content=self.box(message.case).seal(dict(content)))

    def keep_sound(self, message: Stored, media: str, sound: bytes) -> None:
        sealed = self.box(message.case).seal_bytes(sound)
        self.connection.execute(household_audio.insert().values(message=message.id, media=media, sound=sealed))

    def sound(self, message: str) -> tuple[str, bytes] | None:
        """The media type and the bytes of what a household said, or None."""
        wanted = select(household_audio).where(household_audio.c.message == message)
        row = self.connection.execute(wanted).mappings().first()
        if row is None:
            return None
        return row["media"], self.box(self.message(message).case).open_bytes(row["sound"])

    def new_link(self, reference: str, expires_at: datetime) -> Link:
        token = secrets.token_urlsafe(24)
        row = {"key": link_key(token), "case_ref": reference, "token": self.box(reference).seal(token)}
        self.connection.execute(links.insert().values(row | {"made_at": self._clock(), "expires_at": expires_at}))
        return self._link(links.c.key == row["key"])

    def link(self, token: str) -> Link | None:
        """The link whose address has this token, expired or not."""
        return self._link(links.c.key == link_key(token))

    def link_of(self, message: Stored) -> Link | None:
        return None if message.link is None else self._link(links.c.key == message.link)

    def opened(self, link: Link) -> None:
        """Note that the page was opened: its messages are read. The first time stays."""
        moment = self._clock()
        self.connection.execute(
            links.update().where(links.c.key == link.key, links.c.opened_at.is_(None)).values(opened_at=moment)
        )
        unread = (household_messages.c.link == link.key) & (household_messages.c.state.in_((SENT, READY)))
        self.connection.execute(household_messages.update().where(unread).values(state=READ, read_at=moment))

    def episodes(self, reference: str) -> list[Episode]:
        """What happened to a household, as it was recorded."""
        wanted = select(episodes).where(episodes.c.case_ref == reference).order_by(episodes.c.id)
        rows = self.connection.execute(wanted).mappings()
        return [Episode(row["kind"], row["began_on"], row["ended_on"]) for row in rows]

    def keep_episode(self, reference: str, kind: str, began_on: date, ended_on: date | None = None) -> None:
        """Record an episode; one of the same kind and first day gets this end instead of its own.

        Raises EpisodeError.
        """
        Episode(kind, began_on, ended_on)
        same = (episodes.c.case_ref == reference) & (episodes.c.kind == kind) & (episodes.c.began_on == began_on)
        if not self.connection.execute(episodes.update().where(same).values(ended_on=ended_on)).rowcount:
            row = {"case_ref": reference, "kind": kind, "began_on": began_on, "ended_on": ended_on}
            self.connection.execute(episodes.insert().values(row))

    def agree_alert(self, reference: str, day: date, contact: str) -> None:
        """Record that the household agreed that the alert giver is told, and where to tell it."""
        self.change(reference, alert_agreed_on=day, alert_address=self.box(reference).seal(contact))

    def erase(self, reference: str) -> None:
        """Destroy the case's key, and with it all its secrets for ever; what counts for figures stays."""
        cleared = dict.fromkeys(_CLEARED)
        self.change(reference, **cleared, consent="stopped", closed_at=self._clock())
        waits = (household_messages.c.case_ref == reference) & (household_messages.c.state == QUEUED)
        self.connection.execute(household_messages.update().where(waits).values(state=CANCELLED, failure="erased"))

    def _link(self, which: Any) -> Link | None:
        row = self.connection.execute(select(links).where(which)).mappings().first()
        if row is None:
            return None
        token = str(self.box(row["case_ref"]).open(row["token"]))
        return Link(row["key"], row["case_ref"], token, row["made_at"], row["expires_at"], row["opened_at"])

    def _box(self, row: RowMapping) -> Box:
        if row["sealing"] is None:
            raise ErasedCaseError
        return self._vault.box(row["sealing"])


def _threads() -> Any:
    return select(household_messages, cases.c.sealing).join(cases, cases.c.reference == household_messages.c.case_ref)


def opened_case(row: Mapping[str, Any], box: Box) -> Case:
    said = box.open(row["sender"])
    assert isinstance(said, list)  # noqa: S101  (ours)
    plain = {name: row[name] for name in _CASE}
    secret = {name: None if row[name] is None else str(box.open(row[name])) for name in _SECRET}
    return Case(**plain, **secret, sender=Sender(*said))


def opened_message(row: Mapping[str, Any], box: Box) -> Stored:
    plain = {name: row[name] for name in _STORED}
    sent = None if row["sent"] is None else str(box.open(row["sent"]))
    content = box.open(row["content"])
    assert isinstance(content, dict)  # noqa: S101  (ours)
    return Stored(**plain, case=row["case_ref"], content=content, sent=sent)


_SECRET = ("address", "alert_address", "visitor_address")
_CLEARED = (*_SECRET, "sealing", "address_key", "sender", "channel", "visitor")
_CASE = tuple(n for n in Case.__slots__ if n not in (*_SECRET, "sender"))
_STORED = tuple(n for n in Stored.__slots__ if n not in ("case", "content", "sent"))
