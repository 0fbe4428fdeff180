"""The questions that were referred, counted by the zone that refers them, and examples of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from api.storage.review_schema import reviews
from api.storage.reviews import TO_CLER
from api.storage.schema import enquiries

REFERRED = "referred"
_R = reviews.c


@dataclass(frozen=True, slots=True)
class Span:
    """Which questions: of a territory (None: of all), from ``since``, before ``until``."""

    territory: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> ColumnElement[bool]:
        found = [_R.status == REFERRED]
        if self.territory is not None:
            found.append(_R.territory == self.territory)
        if self.since is not None:
            found.append(_R.asked_at >= self.since)
        if self.until is not None:
            found.append(_R.asked_at < self.until)
        return and_(*found)


@dataclass(frozen=True, slots=True)
class Count:
    """How often a zone occurred, over how many territories, when last, and how many a coordinator sent to the CLER."""

    zone: str
    count: int
    territories: int
    last: datetime
    to_cler: int


def count_zones(connection: Connection, zones: Collection[str], span: Span) -> list[Count]:
    """The zones that occurred, the most frequent first."""
    sent = func.count(case((_R.state == TO_CLER, 1)))
    columns = (_R.rule, func.count(), func.count(_R.territory.distinct()), func.max(_R.asked_at), sent)
    wanted = select(*columns).where(span.conditions(), _R.rule.in_(zones)).group_by(_R.rule)
    found = [Count(*row) for row in connection.execute(wanted)]
    return sorted(found, key=lambda one: (-one.count, one.zone))


def examples(connection: Connection, zone: str, span: Span, most: int) -> list[Mapping[str, Any]]:
    """The facts of the newest questions of a zone."""
    newest = select(_R.enquiry).where(span.conditions(), _R.rule == zone).order_by(_R.asked_at.desc()).limit(most)
    numbers = list(connection.scalars(newest))
    wanted = select(enquiries.c.facts).where(enquiries.c.id.in_(numbers)).order_by(enquiries.c.id.desc())
    return list(connection.scalars(wanted))
