"""Household cases in the database: one Households is one open transaction, which the caller commits or rolls back.

Everything that could tell who a household is, or what was said, is sealed on the way in and opened on the way out.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from api.storage.erasing import forget_room
from api.storage.household_schema import cases, consents, episodes, household_audio, household_messages, links
from api.storage.household_values import (
    ALPHABET,
    CANCELLED,
    CLEARED,
    FAILED,
    IN,
    OUT,
    QUEUED,
    READ,
    READY,
    RECEIVED,
    SENT,
    Case,
    Consent,
    ErasedCaseError,
    Link,
    Stored,
    UnknownCaseError,
    link_key,
    new_reference,
    opened_case,
    opened_message,
)
from api.storage.journal import Clock, now
from api.storage.vault import Box, Vault
from bot.followup.relay import UNASKED, Sender
from bot.followup.timeline import Episode

__all__ = [  # what a case is read as stands here too, for those who ask for cases
    "ALPHABET",
    "CANCELLED",
    "FAILED",
    "IN",
    "OUT",
    "QUEUED",
    "READ",
    "READY",
    "RECEIVED",
    "SENT",
    "Case",
    "Consent",
    "ErasedCaseError",
    "Households",
    "Link",
    "Stored",
    "UnknownCaseError",
    "opened_case",
    "opened_message",
]


class Households:
    """The cases on a connection. A case's key is opened once in its transaction."""

    def __init__(self, connection: Connection, vault: Vault, clock: Clock = now) -> None:
        self.connection = connection
        self._vault = vault
        self._clock = clock
        self._boxes: dict[str, Box] = {}

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
        return opened_case(row, self._box(reference, row["sealing"]))

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

    def follow(self, reference: str, channel: str, address: str, key: str) -> None:
        """From now on whoever writes from this address of a channel is told of what the household answers."""
        sealed = self.box(reference).seal(address)
        self.change(reference, visitor=key, visitor_channel=channel, visitor_address=sealed)

    def decide(self, case: Case, decision: str, channel: str, text: str) -> None:
        """Record what a household decided about messages, with the words it read."""
        row = {"case_ref": case.reference, "decision": decision, "language": case.language, "channel": channel}
        row |= {"text": self.box(case.reference).seal(text), "decided_at": self._clock()}
        self.connection.execute(consents.insert().values(row))
        self.change(case.reference, consent=decision)

    def consents(self, reference: str) -> list[Consent]:
        """What a household decided about messages, first to last, with the words that it read."""
        wanted = select(consents).where(consents.c.case_ref == reference).order_by(consents.c.id)
        rows = self.connection.execute(wanted).mappings().all()
        box = self.box(reference)
        return [
            Consent(row["decision"], row["language"], row["channel"], str(box.open(row["text"])), row["decided_at"])
            for row in rows
        ]

    def box(self, reference: str) -> Box:
        """What seals and opens the secrets of a case. Raises UnknownCaseError, ErasedCaseError."""
        if reference not in self._boxes:
            row = self.connection.execute(select(cases.c.sealing).where(cases.c.reference == reference)).first()
            if row is None:
                raise UnknownCaseError(reference)
            self._box(reference, row.sealing)
        return self._boxes[reference]

    def add(self, case: Case, direction: str, kind: str, content: Mapping[str, object], **columns: object) -> Stored:
        """Append a message to a case's thread. ``columns``: others than those that every message has."""
        counted = select(func.coalesce(func.max(household_messages.c.number), 0))
        number = self.connection.scalar(counted.where(household_messages.c.case_ref == case.reference))
        row = {"id": secrets.token_urlsafe(9), "case_ref": case.reference, "number": (number or 0) + 1}
        row |= {"direction": direction, "kind": kind, "subject": content.get("subject", ""), "language": case.language}
        row |= {"content": self.box(case.reference).seal(dict(content)), "understood": False, "urgent": False}
        row |= {"made_at": self._clock()} | columns
        self.connection.execute(household_messages.insert().values(row))
        return opened_message(dict.fromkeys(household_messages.c.keys()) | row, self.box(case.reference))

    def message(self, message: str) -> Stored:
        """Raises LookupError, ErasedCaseError."""
        row = self.connection.execute(_threads().where(household_messages.c.id == message)).mappings().first()
        if row is None:
            raise LookupError(f"no message {message!r}")
        return opened_message(row, self._box(row["case_ref"], row["sealing"]))

    def thread(self, reference: str, link: str | None = None) -> list[Stored]:
        """The messages of a case, first to last; of one of its links only, where it is given."""
        wanted = _threads().where(household_messages.c.case_ref == reference)
        if link is not None:
            wanted = wanted.where(household_messages.c.link == link)
        rows = self.connection.execute(wanted.order_by(household_messages.c.number)).mappings().all()
        return [opened_message(row, self._box(reference, row["sealing"])) for row in rows]

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

    def drop_sound(self, message: str) -> None:
        """Do away with what a household said: its words are kept."""
        self.connection.execute(household_audio.delete().where(household_audio.c.message == message))

    def new_link(self, reference: str, expires_at: datetime) -> Link:
        token, moment = secrets.token_urlsafe(24), self._clock()
        made = Link(link_key(token), reference, token, moment, expires_at, None)
        row = {"key": made.key, "case_ref": reference, "token": self.box(reference).seal(token), "made_at": moment}
        self.connection.execute(links.insert().values(row | {"expires_at": expires_at}))
        return made

    def links(self, reference: str) -> list[Link]:
        """The links of a case, the newest first."""
        wanted = select(links).where(links.c.case_ref == reference).order_by(links.c.made_at.desc(), links.c.key)
        return [self._opened(row) for row in self.connection.execute(wanted).mappings().all()]

    def renew_link(self, link: Link, expires_at: datetime) -> Link:
        """A new address for the messages of a link; the one before opens nothing from now on."""
        made = self.new_link(link.case, expires_at)
        moved = household_messages.update().where(household_messages.c.link == link.key)
        self.connection.execute(moved.values(link=made.key))
        self.connection.execute(links.update().where(links.c.key == link.key).values(expires_at=self._clock()))
        return made

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
        """Destroy the case's key, and with it all its secrets for ever; what counts for figures stays.

        Its room on Matrix is forgotten, where it is only that of a household.
        """
        address = self.connection.scalar(select(cases.c.address_key).where(cases.c.reference == reference))
        cleared = dict.fromkeys(CLEARED)
        self._boxes.pop(reference, None)
        self.change(reference, **cleared, consent="stopped", closed_at=self._clock())
        if address is not None:
            forget_room(self.connection, address)
        waits = (household_messages.c.case_ref == reference) & (household_messages.c.state == QUEUED)
        self.connection.execute(household_messages.update().where(waits).values(state=CANCELLED, failure="erased"))

    def _link(self, which: Any) -> Link | None:
        row = self.connection.execute(select(links).where(which)).mappings().first()
        return None if row is None else self._opened(row)

    def _opened(self, row: Mapping[str, Any]) -> Link:
        token = str(self.box(row["case_ref"]).open(row["token"]))
        return Link(row["key"], row["case_ref"], token, row["made_at"], row["expires_at"], row["opened_at"])

    def _box(self, reference: str, sealing: bytes | None) -> Box:
        if sealing is None:
            raise ErasedCaseError
        if reference not in self._boxes:
            self._boxes[reference] = self._vault.box(sealing)
        return self._boxes[reference]


def _threads() -> Any:
    return select(household_messages, cases.c.sealing).join(cases, cases.c.reference == household_messages.c.case_ref)
