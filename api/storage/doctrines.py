"""Doctrines of territories, as they are written, signed, published and ended; and who signed what they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from api.access.roles import Account
from api.storage.review_schema import doctrines, signings

WRITTEN, SIGNED, IN_FORCE, ENDED = "written", "signed", "in_force", "ended"
_C = doctrines.c


@dataclass(frozen=True, slots=True)
class Doctrine:
    """One text. ``signed_by``: the body that decided it, never a person; ``written_by``: an account's number."""

    id: int
    territory: str
    zone: str
    missions: tuple[str, ...]
    said: str
    state: str
    written_by: int
    written_at: datetime
    signed_by: str | None
    decided_on: date | None
    published_at: datetime | None
    ended_at: datetime | None


def doctrine(connection: Connection, number: int) -> Doctrine | None:
    """The doctrine of this number, or None."""
    row = connection.execute(_select().where(_C.id == number)).mappings().first()
    return _doctrine(row) if row else None


def doctrines_of(connection: Connection, territory: str | None) -> list[Doctrine]:
    """Those of a territory (None: of all), the newest first."""
    wanted = _select().order_by(_C.id.desc())
    if territory is not None:
        wanted = wanted.where(_C.territory == territory)
    return [_doctrine(row) for row in connection.execute(wanted).mappings()]


def in_force(connection: Connection) -> list[Doctrine]:
    """Those in force, of every territory, in the order of their publication."""
    live = _C.published_at.is_not(None) & _C.ended_at.is_(None)
    rows = connection.execute(_select().where(live).order_by(_C.published_at, _C.id)).mappings()
    return [_doctrine(row) for row in rows]


def write(connection: Connection, by: Account, zone: str, missions: tuple[str, ...], said: str, at: datetime) -> int:
    """A new text of the account's territory; its number."""
    row = {"territory": by.territory, "zone": zone, "missions": list(missions), "said": said, "state": WRITTEN}
    made = doctrines.insert().values(row | {"written_by": by.id, "written_at": at}).returning(_C.id)
    return int(connection.execute(made).scalar_one())


def move(connection: Connection, number: int, of: tuple[str, ...], **values: object) -> bool:
    """Change a doctrine that is in one of these states. Whether it was."""
    changed = doctrines.update().where(_C.id == number, _C.state.in_(of)).values(**values)
    return bool(connection.execute(changed).rowcount)


def end_others(connection: Connection, kept: Doctrine, at: datetime) -> None:
    """End the one in force that a new one takes the place of."""
    same = (_C.territory == kept.territory) & (_C.zone == kept.zone) & (_C.state == IN_FORCE) & (_C.id != kept.id)
    connection.execute(doctrines.update().where(same).values(state=ENDED, ended_at=at))


def sign_change(
    connection: Connection, subject: str, subject_id: str, change: str, count: int, by: Account | str, at: datetime
) -> None:
    """Note that somebody has seen this group of changed questions; a later count takes the place of the former.

    ``by``: an account, or a role alone for what is done from the command line.
    """
    account, role = (None, by) if isinstance(by, str) else (by.id, by.role)
    row = {"subject": subject, "subject_id": subject_id, "change": change, "count": count}
    row |= {"account": account, "role": role, "signed_at": at}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(signings).values(row)
    again = {"count": count, "account": account, "role": role, "signed_at": at}
    keys = ["subject", "subject_id", "change"]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=again))


def signed_changes(connection: Connection, subject: str, subject_id: str) -> Mapping[str, int]:
    """Of each group that was signed: its key -> how many questions it had then."""
    wanted = select(signings.c.change, signings.c.count).where(
        signings.c.subject == subject, signings.c.subject_id == subject_id
    )
    return {row["change"]: row["count"] for row in connection.execute(wanted).mappings()}


def _select() -> Any:
    return select(*(_C[field.name] for field in fields(Doctrine)))


def _doctrine(row: Any) -> Doctrine:
    return Doctrine(**{**row, "missions": tuple(row["missions"])})
