"""Verdicts on a connection: which one counts, those before it, and second opinions. The caller opens and commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from api.storage.review_schema import reviews, verdicts
from api.storage.reviews import CONFIRMED, CORRECTED, RETURNED, TO_CLER
from api.storage.schema import enquiries

KINDS = (CONFIRMED, CORRECTED, TO_CLER, RETURNED)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody makes of an answer. ``kind``: one of KINDS; ``missions``: of a correction, in the contract's ids;
    ``reason``: their words, for a returned question the question itself; ``statements``: numbers of the text."""

    kind: str
    missions: tuple[str, ...] = ()
    reason: str | None = None
    statements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """An opinion as it was given. ``authoritative``: not a second opinion; it counts until ``replaced_at``."""

    id: int
    token: str
    opinion: Opinion
    account: int
    role: str
    made_at: datetime
    authoritative: bool
    replaced_at: datetime | None

    @property
    def counts(self) -> bool:
        return self.authoritative and self.replaced_at is None


@dataclass(frozen=True, slots=True)
class Line:
    """A question in the queue: whose it is, and how far its review is. ``asker``: their keyed hash."""

    enquiry: int
    token: str
    territory: str | None
    asker: str
    state: str
    assignee: int | None
    second_wanted_at: datetime | None


def line_of(connection: Connection, token: str) -> Line | None:
    """The line of the question under this token, or None."""
    columns = (
        reviews.c.enquiry,
        reviews.c.token,
        reviews.c.territory,
        enquiries.c.asker,
        reviews.c.state,
        reviews.c.assignee,
        reviews.c.second_wanted_at,
    )
    wanted = select(*columns).join(enquiries, enquiries.c.id == reviews.c.enquiry).where(reviews.c.token == token)
    row = connection.execute(wanted).first()
    return None if row is None else Line(*row)


def change_line(connection: Connection, line: Line, **values: object) -> None:
    """Set columns of a question's line."""
    connection.execute(reviews.update().where(reviews.c.enquiry == line.enquiry).values(values))


def add_verdict(
    connection: Connection, token: str, opinion: Opinion, account: int, role: str, at: datetime, authoritative: bool
) -> int:
    """The number of a new verdict. Raises IntegrityError where another one counts already."""
    row = {
        "token": token,
        "kind": opinion.kind,
        "missions": list(opinion.missions) or None,
        "reason": opinion.reason,
        "statements": list(opinion.statements) or None,
        "account": account,
        "role": role,
        "made_at": at,
        "authoritative": authoritative,
    }
    return connection.execute(verdicts.insert().values(row).returning(verdicts.c.id)).scalar_one()


def replace_verdict(connection: Connection, number: int, at: datetime) -> bool:
    """From now on it does not count any more; False where it did not before."""
    one = (verdicts.c.id == number) & verdicts.c.authoritative & verdicts.c.replaced_at.is_(None)
    return connection.execute(verdicts.update().where(one).values(replaced_at=at)).rowcount == 1


def verdict_that_counts(connection: Connection, token: str) -> Verdict | None:
    """The one authoritative verdict on a question, or None."""
    one = (verdicts.c.token == token) & verdicts.c.authoritative & verdicts.c.replaced_at.is_(None)
    row = connection.execute(select(verdicts).where(one)).first()
    return None if row is None else to_verdict(row)


def verdicts_on(connection: Connection, tokens: Iterable[str]) -> list[Verdict]:
    """All verdicts and second opinions on these questions, the oldest first."""
    wanted = select(verdicts).where(verdicts.c.token.in_(list(tokens))).order_by(verdicts.c.id)
    return [to_verdict(row) for row in connection.execute(wanted)]


def to_verdict(row: Any) -> Verdict:
    """A row of the table."""
    opinion = Opinion(row.kind, tuple(row.missions or ()), row.reason, tuple(row.statements or ()))
    return Verdict(row.id, row.token, opinion, row.account, row.role, row.made_at, row.authoritative, row.replaced_at)
