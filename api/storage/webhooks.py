"""Programs that are told of verdicts, and each telling. The secret is sealed under a key of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from api.storage.review_schema import deliveries, verdicts, webhooks
from api.storage.rulings import TOLD
from api.storage.schema import enquiries
from api.storage.vault import Vault

DELIVERED, GIVEN_UP, UNDER_WAY = "delivered", "given_up", "under_way"
ALL = object()  # of every territory, and of none


@dataclass(frozen=True, slots=True)
class Webhook:
    """``territory``: whose verdicts are told; None for those of all."""

    id: int
    territory: str | None
    address: str
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One telling. ``verdict``: None for a trial; ``failure``: why the last try failed."""

    id: str
    webhook: int
    verdict: int | None
    made_at: datetime
    delivered_at: datetime | None
    tries: int
    failure: str | None
    given_up_at: datetime | None

    @property
    def state(self) -> str:
        if self.delivered_at is not None:
            return DELIVERED
        return UNDER_WAY if self.given_up_at is None else GIVEN_UP


class Webhooks:
    """The two tables on a connection, whose transaction the caller commits or rolls back."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self.connection, self._vault = connection, vault

    def add(self, address: str, territory: str | None, made_by: int | None, at: datetime) -> Webhook:
        """A new one, with a secret of its own."""
        sealing = self._vault.new_sealing()
        row = {
            "territory": territory,
            "address": address,
            "sealing": sealing,
            "secret": self._vault.box(sealing).seal(secrets.token_urlsafe(32)),
            "made_by": made_by,
            "made_at": at,
        }
        number = self.connection.execute(webhooks.insert().values(row).returning(webhooks.c.id)).scalar_one()
        return Webhook(number, territory, address, at, None)

    def webhook(self, number: int) -> Webhook | None:
        row = self.connection.execute(_select().where(webhooks.c.id == number)).first()
        return None if row is None else Webhook(*row)

    def listed(self, territory: object = ALL, *, ended: bool = False) -> list[Webhook]:
        """Those of a territory, the oldest first; those that were ended only where they are wanted."""
        wanted = _select().order_by(webhooks.c.id)
        wanted = wanted if territory is ALL else wanted.where(webhooks.c.territory == territory)
        wanted = wanted if ended else wanted.where(webhooks.c.ended_at.is_(None))
        return [Webhook(*row) for row in self.connection.execute(wanted)]

    def told_of(self, territory: str | None) -> list[int]:
        """The numbers of those that are told of verdicts in a territory."""
        theirs = or_(webhooks.c.territory.is_(None), webhooks.c.territory == territory)
        return list(self.connection.scalars(select(webhooks.c.id).where(theirs, webhooks.c.ended_at.is_(None))))

    def secret(self, number: int) -> str:
        """What its signatures are made with. Raises SealError."""
        sealed = select(webhooks.c.sealing, webhooks.c.secret).where(webhooks.c.id == number)
        row = self.connection.execute(sealed).one()
        return str(self._vault.box(row.sealing).open(row.secret))

    def reveal(self, number: int, at: datetime) -> str | None:
        """The secret, the first time it is asked for; None from then on."""
        one = (webhooks.c.id == number) & webhooks.c.shown_at.is_(None)
        first = self.connection.execute(webhooks.update().where(one).values(shown_at=at)).rowcount == 1
        return self.secret(number) if first else None

    def end(self, number: int, at: datetime) -> bool:
        """It is told nothing from now on. Whether it was open."""
        one = (webhooks.c.id == number) & webhooks.c.ended_at.is_(None)
        return self.connection.execute(webhooks.update().where(one).values(ended_at=at)).rowcount == 1

    def add_delivery(self, webhook: int, verdict: int | None, at: datetime) -> str:
        """The id of a new telling."""
        row = {"id": secrets.token_urlsafe(12), "webhook": webhook, "verdict": verdict, "made_at": at, "tries": 0}
        return self.connection.execute(deliveries.insert().values(row).returning(deliveries.c.id)).scalar_one()

    def delivery(self, name: str) -> Delivery | None:
        row = self.connection.execute(_select_deliveries().where(deliveries.c.id == name)).first()
        return None if row is None else Delivery(*row)

    def last(self, webhook: int, limit: int = 10) -> list[Delivery]:
        """The newest tellings of one."""
        newest = _select_deliveries().where(deliveries.c.webhook == webhook)
        ordered = newest.order_by(deliveries.c.made_at.desc(), deliveries.c.id).limit(limit)
        return [Delivery(*row) for row in self.connection.execute(ordered)]

    def tried(self, name: str, tries: int, failure: str | None, at: datetime, *, given_up: bool = False) -> None:
        """Note how a try ended; one that was delivered stays so."""
        arrived = {"delivered_at": at} if failure is None else {"given_up_at": at if given_up else None}
        one = (deliveries.c.id == name) & deliveries.c.delivered_at.is_(None)
        self.connection.execute(deliveries.update().where(one).values(tries=tries, failure=failure, **arrived))

    def verdict_row(self, number: int) -> Any:
        """A verdict with the answer that it is on; None where there is none."""
        columns = [verdicts.c[name] for name in (*TOLD, "authoritative")]
        about = (enquiries.c.territory, enquiries.c.answer)
        wanted = select(*columns, *about).join(enquiries, enquiries.c.token == verdicts.c.token)
        return self.connection.execute(wanted.where(verdicts.c.id == number)).first()


def _select() -> Any:
    columns = (webhooks.c.id, webhooks.c.territory, webhooks.c.address, webhooks.c.made_at, webhooks.c.ended_at)
    return select(*columns)


def _select_deliveries() -> Any:
    names = ("id", "webhook", "verdict", "made_at", "delivered_at", "tries", "failure", "given_up_at")
    return select(*(deliveries.c[name] for name in names))
