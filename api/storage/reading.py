"""Reading the log: which enquiries, in which order, from where on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, tuple_

from api.storage.schema import enquiries
from bot.journal import Enquiry


class UnknownEnquiryError(LookupError):
    """A page was asked for after an enquiry that the log does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which enquiries: from ``since``, before ``until`` (both aware), of a territory, mission or status."""

    since: datetime | None = None
    until: datetime | None = None
    territory: str | None = None
    mission: str | None = None
    status: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.since is not None:
            found.append(enquiries.c.asked_at >= self.since)
        if self.until is not None:
            found.append(enquiries.c.asked_at < self.until)
        if self.territory is not None:
            found.append(enquiries.c.territory == self.territory)
        if self.mission is not None:
            found.append(enquiries.c.missions.contains(marked(self.mission), autoescape=True))
        if self.status is not None:
            found.append(enquiries.c.status == self.status)
        return found


def select_enquiries() -> Any:
    """A select of what an Enquiry is made of."""
    return select(*(enquiries.c[field.name] for field in fields(Enquiry)))


def newest_first(selection: Selection) -> Any:
    """A select of the enquiries chosen, newest first; those of one instant, last logged first."""
    order = (enquiries.c.asked_at.desc(), enquiries.c.id.desc())
    return select_enquiries().where(*selection.conditions()).order_by(*order)


def older_than(connection: Connection, token: str) -> ColumnElement[bool]:
    """The condition of coming after this enquiry in the list. Raises UnknownEnquiryError."""
    place = (enquiries.c.asked_at, enquiries.c.id)
    row = connection.execute(select(*place).where(enquiries.c.token == token)).first()
    if row is None:
        raise UnknownEnquiryError(f"no enquiry {token!r} to go on after: start again from the first page")
    return tuple_(*place) < tuple_(*row, types=[column.type for column in place])


def to_enquiry(row: Mapping[str, Any]) -> Enquiry:
    return Enquiry(**{**row, "rules": tuple(row["rules"] or ())})


def marked(*missions: str) -> str:
    """Missions as the column keeps them: a blank before and after each, so that one can be searched for."""
    return f" {' '.join(missions)} "
