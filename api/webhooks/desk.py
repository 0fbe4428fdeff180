"""Webhooks at work: added, tried, ended, and told of a verdict in the transaction that gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from api.access.roles import Account
from api.households.jobs import DELIVER, Jobs
from api.storage.audit import note
from api.storage.journal import Clock, now
from api.storage.store import Store
from api.storage.vault import Vault
from api.storage.webhooks import Delivery, Webhook, Webhooks
from api.webhooks.addresses import Places
from api.webhooks.posting import Poster

SUBJECT = "webhook"
ENDED = "ended"
FINAL = frozenset({ENDED, "private", "form", "https"})  # no later try can succeed
GIVEN, TRIAL = "verdict.given", "test"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What leaves: where to, which bytes, and what its signature is made with."""

    delivery: Delivery
    address: str
    secret: str
    body: bytes


@dataclass(frozen=True)
class WebhookDesk:
    """One use case, one transaction. ``by``: the account that does it; None for the command."""

    store: Store
    vault: Vault
    jobs: Jobs
    poster: Poster
    clock: Clock = now

    @property
    def places(self) -> Places:
        return self.poster.places

    @contextmanager
    def open(self) -> Iterator[Webhooks]:
        """One unit of work."""
        with self.store.transaction() as journal:
            yield Webhooks(journal.connection, self.vault)

    def add(self, by: Account | None, address: str, territory: str | None) -> Webhook:
        """A new one. Raises AddressError."""
        kept = self.places.checked(address)
        with self.open() as webhooks:
            made = webhooks.add(kept, territory, by.id if by else None, self.clock())
            note(webhooks.connection, by, "webhook.added", SUBJECT, made.id, self.clock())
            return made

    def end(self, by: Account | None, number: int) -> bool:
        """It is told nothing from now on. Whether it was open."""
        with self.open() as webhooks:
            ended = webhooks.end(number, self.clock())
            if ended:
                note(webhooks.connection, by, "webhook.ended", SUBJECT, number, self.clock())
            return ended

    async def trial(self, by: Account | None, number: int) -> Delivery:
        """Tell it at once that this is a trial, one time; how that ended is among its tellings."""
        with self.open() as webhooks:
            name = webhooks.add_delivery(number, None, self.clock())
            note(webhooks.connection, by, "webhook.tested", SUBJECT, number, self.clock())
            parcel = self.parcel(webhooks, name)
        failure = await self.sent(parcel) if parcel else ENDED
        with self.open() as webhooks:
            webhooks.tried(name, 1, failure, self.clock(), given_up=True)
            told = webhooks.delivery(name)
        assert told is not None  # noqa: S101  (just made)
        return told

    def after(self, connection: Connection, verdict: int) -> None:
        """What follows a verdict, in its transaction: a telling for each that wants it, of none of a second opinion."""
        webhooks = Webhooks(connection, self.vault)
        given = webhooks.verdict_row(verdict)
        if given is None or not given.authoritative:
            return
        for number in webhooks.told_of(given.territory):
            name = webhooks.add_delivery(number, verdict, self.clock())
            self.jobs.add(connection, DELIVER, f"delivery-{name}", name)

    def parcel(self, webhooks: Webhooks, name: str) -> Parcel | None:
        """What a delivery sends; None where it arrived, or its webhook was ended."""
        delivery = webhooks.delivery(name)
        webhook = webhooks.webhook(delivery.webhook) if delivery else None
        if delivery is None or webhook is None or delivery.delivered_at or webhook.ended_at:
            return None
        body = json.dumps(_said(webhooks, delivery, webhook), ensure_ascii=False).encode()
        return Parcel(delivery, webhook.address, webhooks.secret(webhook.id), body)

    async def sent(self, parcel: Parcel) -> str | None:
        """None once it arrived, else why not."""
        return await self.poster.post(parcel.address, parcel.body, parcel.secret, parcel.delivery.id)


def _said(webhooks: Webhooks, delivery: Delivery, webhook: Webhook) -> dict[str, object]:
    """Ids and the contract's values: no words of a person, and nobody who asked or answered."""
    row = webhooks.verdict_row(delivery.verdict) if delivery.verdict is not None else None
    if row is None:
        return {"event": TRIAL, "territory": webhook.territory, "delivery": delivery.id}
    return {
        "event": GIVEN,
        "token": row.token,
        "territory": row.territory,
        "verdict": {
            "kind": row.kind,
            "missions": list(row.missions or ()),
            "statements": list(row.statements or ()),
            "made_at": row.made_at.isoformat(),
        },
        "answer": {"status": row.answer["status"], "missions": list(row.answer["missions"])},
        "delivery": delivery.id,
    }
