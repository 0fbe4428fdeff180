"""The verdict that counts on an answer, and how far its review is, as the visitor who asked may know it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, or_, select

from api.review.rank import CONTESTED, REFERRED
from api.storage.quick import Quick
from api.storage.reading import select_enquiries, to_enquiry
from api.storage.review_schema import reviews, tidings, verdicts
from api.storage.reviews import CONFIRMED, CORRECTED, REPLACED, RETURNED, TO_CLER, WAITING
from api.storage.schema import enquiries
from api.storage.tidings import VERDICT, Tiding
from bot.coordination import Ruling, Standing
from bot.journal import Enquiry

JUDGED_STATES = (CONFIRMED, CORRECTED, TO_CLER, RETURNED)
TOLD = ("token", "kind", "missions", "reason", "statements", "made_at")

_STANDING = Quick(
    select(reviews.c.territory, reviews.c.contested_at, reviews.c.state).where(reviews.c.token == bindparam("of_token"))
)


def ruling_on(connection: Connection, token: str) -> Ruling | None:
    """The verdict that counts on an answer."""
    row = connection.execute(_counting().where(verdicts.c.token == token)).first()
    return None if row is None else _ruling(row)


@dataclass(frozen=True, slots=True)
class Judged:
    """A logged question with the verdict that counts on it: its number, and the role of who gave it."""

    enquiry: Enquiry
    ruling: Ruling
    verdict: int
    role: str


def judged(connection: Connection, token: str) -> Judged | None:
    """The question under this token with its verdict; None where there is no such question, or no verdict counts."""
    found = list(_judged(connection, verdicts.c.token == token))
    return found[0] if found else None


def judged_since(
    connection: Connection, kinds: Collection[str], territory: str | None = None, since: datetime | None = None
) -> Iterator[Judged]:
    """The questions with a verdict of these kinds, the oldest verdict first, never all in memory.

    ``territory``: of that one alone; ``since``: verdicts given from then on.
    """
    wanted = [verdicts.c.kind.in_(list(kinds))]
    wanted += [enquiries.c.territory == territory] if territory is not None else []
    wanted += [verdicts.c.made_at >= since] if since is not None else []
    return _judged(connection, *wanted)


def _judged(connection: Connection, *wanted: ColumnElement[bool]) -> Iterator[Judged]:
    own = [verdicts.c[name].label(f"verdict_{name}") for name in (*TOLD, "id", "role")]
    found = select_enquiries().add_columns(*own).join(verdicts, verdicts.c.token == enquiries.c.token)
    ordered = found.where(_counts(), *wanted).order_by(verdicts.c.id).execution_options(yield_per=500)
    with connection.execute(ordered) as rows:
        for row in rows.mappings():
            said = SimpleNamespace(**{name: row[f"verdict_{name}"] for name in TOLD})
            enquiry = to_enquiry({name: value for name, value in row.items() if not name.startswith("verdict_")})
            yield Judged(enquiry, _ruling(said), row["verdict_id"], row["verdict_role"])


def ruling_told(connection: Connection, tiding: Tiding) -> tuple[str, Ruling] | None:
    """The token and the verdict that a tiding is about; None once another verdict counts."""
    row = connection.execute(_counting().where(verdicts.c.id == int(tiding.about))).first()
    return None if row is None else (row.token, _ruling(row))


def standing_of(connection: Connection, token: str) -> Standing | None:
    """Where an answer stands; None where it has no territory, so that nobody looks at it."""
    row = _STANDING.first(connection, of_token=token)
    territory, contested_at, state = row or (None, None, None)
    if territory is None:
        return None
    return Standing(ruling_on(connection, token), contested_at is not None, state == RETURNED, state == REPLACED)


def contest(connection: Connection, token: str, at: datetime) -> bool:
    """Put an answer before those that nobody waits for; one that was judged or sent back waits anew. Whether it was
    done: a second time changes nothing."""
    rank = case((reviews.c.rank == REFERRED, REFERRED), else_=CONTESTED)
    state = case((reviews.c.state == REPLACED, REPLACED), else_=WAITING)
    anew = or_(reviews.c.contested_at.is_(None), reviews.c.state.in_(JUDGED_STATES))
    wanted = (reviews.c.token == token) & reviews.c.territory.is_not(None) & anew
    changed = connection.execute(reviews.update().where(wanted).values(contested_at=at, rank=rank, state=state))
    return changed.rowcount > 0


def still_returned(connection: Connection, visitor: str) -> list[Tiding]:
    """What a visitor was told and has not answered: questions sent back to them."""
    mine = (tidings.c.visitor == visitor) & (tidings.c.kind == VERDICT) & tidings.c.shown_at.is_not(None)
    columns = (tidings.c.id, tidings.c.visitor, tidings.c.kind, tidings.c.about)
    told = {row.about: Tiding(*row) for row in connection.execute(select(*columns).where(mine))}
    if not told:
        return []
    waiting = select(verdicts.c.id).join(reviews, reviews.c.token == verdicts.c.token)
    still = (reviews.c.state == RETURNED) & (verdicts.c.kind == RETURNED) & _counts()
    found = connection.scalars(waiting.where(verdicts.c.id.in_([int(about) for about in told]), still))
    return [told[str(number)] for number in sorted(found)]


def _counts() -> Any:
    return verdicts.c.authoritative & verdicts.c.replaced_at.is_(None)


def _counting() -> Any:
    return select(*(verdicts.c[name] for name in TOLD)).where(_counts())


def _ruling(row: Any) -> Ruling:
    statements = tuple(int(number) for number in row.statements or ())
    return Ruling(row.kind, row.made_at.date(), tuple(row.missions or ()), row.reason or "", statements)
