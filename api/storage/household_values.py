"""What is read of household cases: a case, a message, a link, opened with the case's key. All frozen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from api.storage.vault import Box
from bot.followup.relay import Sender

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
    ``visitor_channel`` and ``visitor_address`` where they are told of answers."""

    reference: str
    territory: str | None
    language: str
    consent: str
    channel: str | None
    address: str | None
    sender: Sender
    visitor: str | None
    visitor_channel: str | None
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
    handled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A household's page: ``key`` is the hash of the token in its address."""

    key: str
    case: str
    token: str
    made_at: datetime
    expires_at: datetime
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Consent:
    """What a household decided about messages, where, and the words on which it did."""

    decision: str
    language: str
    channel: str
    text: str
    decided_at: datetime


def new_reference() -> str:
    """A reference to give a household: nothing in it tells who it is."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"M-{drawn[:4]}-{drawn[4:]}"


def link_key(token: str) -> str:
    return sha256(token.encode()).hexdigest()


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
CLEARED = (*_SECRET, "sealing", "address_key", "sender", "channel", "visitor", "visitor_channel")
_CASE = tuple(n for n in Case.__slots__ if n not in (*_SECRET, "sender"))
_STORED = tuple(n for n in Stored.__slots__ if n not in ("case", "content", "sent"))
