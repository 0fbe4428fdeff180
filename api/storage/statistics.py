"""The figures in the database, by grouped queries. A territory of None is all of them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, distinct, func, literal_column, select

from api.storage.dues import HELD, PENDING
from api.storage.household_schema import cases, dues, episodes
from api.storage.review_schema import abandoned, question_days, reviews, vignette_answers, vignettes
from api.storage.reviews import CONFIRMED, CORRECTED
from api.storage.schema import dialogues
from bot.followup.steps import PROPOSITION
from bot.followup.timeline import DST, N1, SR

STILL_THERE = timedelta(days=1)  # an interview used since may go on


@dataclass(frozen=True, slots=True)
class Followed:
    """Households of cases, of one year: with a DST in it, those of these with a SR and how many SR; with a DST in the
    year before; with an N+1 in the year."""

    visited: int
    with_sr: int
    sr_total: int
    cohort: int
    n1_done: int


def questions(connection: Connection, territory: str | None, first: date, last: date) -> list[Any]:
    """Rows of missions (ids, a blank between two; empty where referred), open_reason and how many."""
    total = func.sum(question_days.c.questions).label("questions")
    columns = (question_days.c.missions, question_days.c.open_reason)
    wanted = select(*columns, total).where(*_of_days(territory, first, last)).group_by(*columns)
    return list(connection.execute(wanted))


def questions_by_day(connection: Connection, territory: str | None, first: date, last: date) -> Counter[date]:
    """How many questions were asked each day; days without one are not there."""
    wanted = select(question_days.c.day, func.sum(question_days.c.questions))
    rows = connection.execute(wanted.where(*_of_days(territory, first, last)).group_by(question_days.c.day))
    return Counter({day: int(number) for day, number in rows})


def _of_days(territory: str | None, first: date, last: date) -> tuple[Any, ...]:
    between = question_days.c.day.between(first, last)
    return (between,) if territory is None else (between, question_days.c.territory == territory)


def reviewed(
    connection: Connection, territory: str | None, begins: datetime, ends: datetime
) -> dict[str, tuple[int, int]]:
    """Of each rule, how many of its answers were confirmed, how many corrected; of the questions asked meanwhile."""
    # Written out, not bound: only so does the database see that its index of the reviewed ones serves.
    states = literal_column(f"'{CONFIRMED}'"), literal_column(f"'{CORRECTED}'")
    columns = (reviews.c.state, reviews.c.rule)
    wanted = select(*columns, func.count().label("answers"))
    wanted = wanted.where(reviews.c.state.in_(states), reviews.c.asked_at >= begins, reviews.c.asked_at < ends)
    if territory is not None:
        wanted = wanted.where(reviews.c.territory == territory)
    found: dict[str, tuple[int, int]] = {}
    for row in connection.execute(wanted.where(reviews.c.rule.is_not(None)).group_by(*columns)):
        right, wrong = found.get(row.rule, (0, 0))
        confirmed = row.state == CONFIRMED
        found[row.rule] = (right + row.answers, wrong) if confirmed else (right, wrong + row.answers)
    return found


def left_at(
    connection: Connection, territory: str | None, begins: datetime, ends: datetime, now: datetime
) -> dict[str, tuple[int, int]]:
    """Of each question, how many interviews were left at it, and how many answers these had in all.

    Those begun anew, and those that nobody used for a day; both with one answer at least.
    """
    answered = _answered(connection)
    begun = select(abandoned.c.question, func.count(), func.sum(abandoned.c.answered)).where(
        abandoned.c.left_at >= begins, abandoned.c.left_at < ends
    )
    idle = select(dialogues.c.asking, func.count(), func.sum(answered)).where(
        dialogues.c.asking.is_not(None),
        dialogues.c.kept_at >= begins,
        dialogues.c.kept_at < min(ends, now - STILL_THERE),
        answered > 0,
    )
    if territory is not None:
        begun = begun.where(abandoned.c.territory == territory)
        idle = idle.where(dialogues.c.territory == territory)
    found: dict[str, tuple[int, int]] = {}
    for wanted in (begun.group_by(abandoned.c.question), idle.group_by(dialogues.c.asking)):
        for question, number, answers in connection.execute(wanted):
            before = found.get(question, (0, 0))
            found[question] = before[0] + number, before[1] + int(answers)
    return found


def _answered(connection: Connection) -> Any:
    """How many answers a dialogue's interview has."""
    if connection.dialect.name == "postgresql":
        return func.coalesce(func.json_array_length(dialogues.c.interview["answers"]), 0)
    return func.coalesce(func.json_array_length(dialogues.c.interview, "$.answers"), 0)


def followed(connection: Connection, territory: str | None, year: int) -> Followed:
    """The counts that household cases can tell of a year. A household belongs to the year of its first DST."""
    dst = select(episodes.c.case_ref, func.min(episodes.c.began_on).label("day")).where(episodes.c.kind == DST)
    if territory is not None:
        dst = dst.join(cases).where(cases.c.territory == territory)
    first = dst.group_by(episodes.c.case_ref).subquery()
    this, before = _year(first.c.day, year), _year(first.c.day, year - 1)
    visited, cohort = (select(func.count()).select_from(first).where(when) for when in (this, before))
    supported = select(func.count(distinct(episodes.c.case_ref)), func.count()).join(
        first, first.c.case_ref == episodes.c.case_ref
    )
    with_sr, total = connection.execute(supported.where(this, episodes.c.kind == SR)).one()
    done = select(func.count(distinct(episodes.c.case_ref)))
    done = done.where(episodes.c.kind == N1, _year(episodes.c.began_on, year))
    if territory is not None:
        done = done.join(cases).where(cases.c.territory == territory)
    scalars = [connection.scalar(wanted) or 0 for wanted in (visited, cohort, done)]
    return Followed(scalars[0], with_sr, total, scalars[1], scalars[2])


def _year(column: Any, year: int) -> Any:
    return column.between(date(year, 1, 1), date(year, 12, 31))


def due(connection: Connection, territory: str | None, bounds: Sequence[datetime]) -> list[int]:
    """How many N+1 are to be proposed before the first moment, then between each and the next."""
    spans = [dues.c.due_at < bounds[0]]
    spans += [(dues.c.due_at >= one) & (dues.c.due_at < other) for one, other in itertools.pairwise(bounds)]
    wanted = select(*(func.coalesce(func.sum(case((span, 1), else_=0)), 0) for span in spans))
    wanted = wanted.where(dues.c.step == PROPOSITION, dues.c.state.in_((*PENDING, HELD)), dues.c.due_at < bounds[-1])
    if territory is not None:
        wanted = wanted.join(cases).where(cases.c.territory == territory)
    return [int(number) for number in connection.execute(wanted).one()]


def answered_vignettes(connection: Connection, territory: str | None) -> list[Any]:
    """Rows of vignette, title, rules, facts, mission, how many; of those that were published.

    A territory counts its own visitors alone, also on a vignette for all.
    """
    own = vignettes.c
    columns = (own.id, own.title, own.closed_at, vignette_answers.c.mission)
    wanted = select(*columns, func.count().label("answers")).join(vignette_answers).where(own.published_at.is_not(None))
    if territory is not None:
        wanted = wanted.where(vignette_answers.c.territory == territory)
    return list(connection.execute(wanted.group_by(*columns).order_by(own.id)))


def corrected_questions(connection: Connection, territory: str | None, most: int = 20) -> list[Any]:
    """Rows of token and asked_at, the newest first."""
    wanted = select(reviews.c.token, reviews.c.asked_at).where(reviews.c.state == CORRECTED)
    if territory is not None:
        wanted = wanted.where(reviews.c.territory == territory)
    return list(connection.execute(wanted.order_by(reviews.c.asked_at.desc()).limit(most)))


def territories(connection: Connection) -> list[str]:
    """Those that something was asked in."""
    wanted = select(question_days.c.territory).where(question_days.c.territory != "").distinct()
    return sorted(connection.scalars(wanted))
