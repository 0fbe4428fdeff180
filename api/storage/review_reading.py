"""What a coordinator reads beside a question: who works on it, what was done with it, and questions like it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text

from api.access.roles import OF_A_TERRITORY
from api.storage.access_schema import accounts
from api.storage.review_queue import QueueLine
from api.storage.review_schema import JUDGED, audit, reviews, verdicts
from api.storage.schema import enquiries
from api.storage.verdicts import Verdict, to_verdict

LOOKED_AT = 100  # questions judged last, of which the nearest are shown


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the log of changes. ``account``: its number, None for the program; ``role``: theirs then."""

    at: datetime
    account: int | None
    role: str
    action: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Alike:
    """A question that the same rule answered, with its facts, what was answered and the verdict that counts."""

    token: str
    asked_at: datetime
    territory: str | None
    status: str
    mission: str | None
    facts: Mapping[str, object]
    verdict: Verdict


def logged(connection: Connection, numbers: Iterable[int]) -> dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The facts and the answer of each of these questions, by its number."""
    columns = (enquiries.c.id, enquiries.c.facts, enquiries.c.answer)
    wanted = select(*columns).where(enquiries.c.id.in_(list(numbers)))
    return {row.id: (row.facts, row.answer) for row in connection.execute(wanted)}


def names_of(connection: Connection, numbers: Iterable[int | None]) -> dict[int, str]:
    """The names of these accounts, closed ones too."""
    known = {number for number in numbers if number is not None}
    if not known:
        return {}
    wanted = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(known))
    return {row.id: row.name for row in connection.execute(wanted)}


def colleagues(connection: Connection, territory: str | None) -> dict[int, str]:
    """Who may judge the questions of a territory now, by name."""
    of_it = accounts.c.role.in_(OF_A_TERRITORY) & (accounts.c.territory == territory) & accounts.c.closed_at.is_(None)
    wanted = select(accounts.c.id, accounts.c.name).where(of_it).order_by(accounts.c.name)
    return {row.id: row.name for row in connection.execute(wanted)}


def changes_of(connection: Connection, subject: str, subject_id: str) -> list[Change]:
    """The log of changes of one thing, the oldest first."""
    columns = (audit.c.at, audit.c.account, audit.c.role, audit.c.action, audit.c.details)
    wanted = select(*columns).where(audit.c.subject == subject, audit.c.subject_id == subject_id).order_by(audit.c.id)
    return [Change(*row[:4], row.details or {}) for row in connection.execute(wanted)]


def newer_question(connection: Connection, token: str) -> str | None:
    """The token of the question that replaced this one, or None."""
    wanted = select(enquiries.c.token).where(enquiries.c.replaces == token).order_by(enquiries.c.id.desc()).limit(1)
    return connection.scalar(wanted)


def judged_alike(connection: Connection, line: QueueLine, territory: str | None) -> list[Alike]:
    """The questions of a territory (None: of all) that the same rule answered and that were judged, newest first."""
    if line.rule is None:
        return []
    of_rule = (reviews.c.rule == line.rule) & (reviews.c.enquiry != line.enquiry) & text(f"reviews.{JUDGED}")
    wanted = select(reviews.c.enquiry).where(of_rule).order_by(reviews.c.enquiry.desc()).limit(LOOKED_AT)
    if territory is not None:
        wanted = wanted.where(reviews.c.territory == territory)
    numbers = list(connection.scalars(wanted))
    columns = (reviews.c.asked_at, reviews.c.territory, reviews.c.status, reviews.c.mission, enquiries.c.facts)
    counting = verdicts.c.authoritative & verdicts.c.replaced_at.is_(None)
    rows = connection.execute(
        select(*columns, verdicts)
        .join(enquiries, enquiries.c.id == reviews.c.enquiry)
        .join(verdicts, (verdicts.c.token == reviews.c.token) & counting)
        .where(reviews.c.enquiry.in_(numbers))
        .order_by(reviews.c.enquiry.desc())
    )
    return [Alike(row.token, *row[:5], to_verdict(row)) for row in rows]
