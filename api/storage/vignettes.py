"""Vignettes and what visitors answer to them, in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from api.access.roles import NATIONAL, Account
from api.storage.access_schema import visitors
from api.storage.review_schema import tidings, vignette_answers, vignettes
from api.storage.tidings import VIGNETTE

DRAFT, PUBLISHED, CLOSED = "draft", "published", "closed"


class UnknownVignetteError(LookupError):
    """No vignette has this number, or it is not theirs to see."""


@dataclass(frozen=True, slots=True)
class Vignette:
    """``territory``: None for all. ``rules``: those that gave the engine's answer to ``facts``."""

    id: int
    territory: str | None
    title: str
    said: str
    facts: Mapping[str, object]
    rules: tuple[str, ...]
    made_at: datetime
    published_at: datetime | None
    closed_at: datetime | None

    @property
    def state(self) -> str:
        return CLOSED if self.closed_at else PUBLISHED if self.published_at else DRAFT


def vignette(connection: Connection, number: int) -> Vignette:
    """Raises UnknownVignetteError."""
    row = connection.execute(_select().where(vignettes.c.id == number)).mappings().first()
    if row is None:
        raise UnknownVignetteError(number)
    return _opened(row)


def vignettes_for(connection: Connection, account: Account) -> list[Vignette]:
    """Those of their territory, and those for all once these are published; the newest first."""
    shared = vignettes.c.territory.is_(None) & vignettes.c.published_at.is_not(None)
    own = vignettes.c.territory == account.territory
    seen = vignettes.c.territory.is_(None) if account.role == NATIONAL else or_(own, shared)
    wanted = _select().where(seen).order_by(vignettes.c.id.desc())
    return [_opened(row) for row in connection.execute(wanted).mappings()]


def add_vignette(connection: Connection, account: Account, values: Mapping[str, object], at: datetime) -> int:
    """A draft; its number."""
    row = {"territory": account.territory, "made_by": account.id, "made_at": at, **values}
    return connection.execute(vignettes.insert().values(row).returning(vignettes.c.id)).scalar_one()


def change_draft(connection: Connection, number: int, values: Mapping[str, object]) -> bool:
    """Write a draft anew; False where it is no draft any more."""
    draft = (vignettes.c.id == number) & vignettes.c.published_at.is_(None)
    return connection.execute(vignettes.update().where(draft).values(dict(values))).rowcount == 1


def remove_draft(connection: Connection, number: int) -> bool:
    draft = (vignettes.c.id == number) & vignettes.c.published_at.is_(None)
    return connection.execute(vignettes.delete().where(draft)).rowcount == 1


def publish(connection: Connection, number: int, at: datetime) -> bool:
    return change_draft(connection, number, {"published_at": at})


def close(connection: Connection, number: int, at: datetime) -> bool:
    """End it; False where it is not open."""
    opened = (vignettes.c.id == number) & vignettes.c.published_at.is_not(None) & vignettes.c.closed_at.is_(None)
    return connection.execute(vignettes.update().where(opened).values(closed_at=at)).rowcount == 1


def to_be_told(connection: Connection, one: Vignette, most: int) -> list[str]:
    """Visitors who have not been told of it yet, at most so many."""
    wanted = _its_visitors(select(visitors.c.key), one).where(visitors.c.key.not_in(_told(one)))
    return list(connection.scalars(wanted.order_by(visitors.c.key).limit(most)))


def progress(connection: Connection, one: Vignette) -> tuple[int, int]:
    """How many visitors are to be told of it, and how many are noted to be or have been."""
    total = connection.scalar(_its_visitors(select(func.count()), one)) or 0
    told = connection.scalar(select(func.count()).select_from(_told(one).subquery())) or 0
    return max(total, told), told


def _told(one: Vignette) -> Any:
    return select(tidings.c.visitor).where(tidings.c.kind == VIGNETTE, tidings.c.about == str(one.id))


def _its_visitors(wanted: Any, one: Vignette) -> Any:
    wanted = wanted.select_from(visitors).where(visitors.c.left_at.is_(None))
    return wanted if one.territory is None else wanted.where(visitors.c.territory == one.territory)


def answer(connection: Connection, one: Vignette, visitor: str, mission: str, at: datetime) -> None:
    """A visitor's one answer; another takes its place."""
    territory = connection.scalar(select(visitors.c.territory).where(visitors.c.key == visitor)) or one.territory
    row = {"vignette": one.id, "visitor": visitor, "territory": territory, "mission": mission, "answered_at": at}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(vignette_answers).values(row)
    anew = {"mission": mission, "answered_at": at}
    connection.execute(statement.on_conflict_do_update(index_elements=["vignette", "visitor"], set_=anew))


def answer_of(connection: Connection, number: int, visitor: str) -> str | None:
    mine = (vignette_answers.c.vignette == number) & (vignette_answers.c.visitor == visitor)
    return connection.scalar(select(vignette_answers.c.mission).where(mine))


def answers(connection: Connection, number: int, territory: str | None) -> Counter[str]:
    """How many chose each mission; of a territory's visitors alone where one is given."""
    counted = func.count().label("answers")
    wanted = select(vignette_answers.c.mission, counted).where(vignette_answers.c.vignette == number)
    if territory is not None:
        wanted = wanted.where(vignette_answers.c.territory == territory)
    rows = connection.execute(wanted.group_by(vignette_answers.c.mission))
    return Counter({row.mission: int(row.answers) for row in rows})


def language_of(connection: Connection, visitor: str) -> str | None:
    return connection.scalar(select(visitors.c.language).where(visitors.c.key == visitor))


def _select() -> Any:
    return select(*(vignettes.c[name] for name in Vignette.__dataclass_fields__))


def _opened(row: Mapping[str, Any]) -> Vignette:
    rules: Sequence[str] = row["rules"]
    return Vignette(**{**row, "rules": tuple(rules)})
