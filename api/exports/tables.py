"""The rows of every table that can be exported, in the order of its columns; read as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, func, select

from api.exports.columns import DOCTRINES, QUESTIONS, VIGNETTES, columns, facts
from api.logbook import about_answer
from api.storage.engine import READ_ONLY
from api.storage.exporting import Chosen, count, pages
from api.storage.review_schema import doctrines, vignette_answers, vignettes

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Export:
    """A table to be written: ``rows`` begins anew each time it is called."""

    table: str
    rows: Callable[[], Iterator[Row]]

    @property
    def head(self) -> tuple[str, ...]:
        return tuple(column.id for column in columns(self.table))


def export_of(table: str, engine: Engine, chosen: Chosen) -> Export:
    """A table as it stands; of ``chosen``, doctrines and vignettes heed the territory alone."""
    rows = {
        QUESTIONS: lambda: questions(engine, chosen),
        DOCTRINES: lambda: _doctrines(engine, chosen.territory),
        VIGNETTES: lambda: _vignettes(engine, chosen.territory),
    }
    return Export(table, rows[table])


def questions(engine: Engine, chosen: Chosen) -> Iterator[Row]:
    """Logged questions, newest first: the answer, what came of its review, the facts. Not who asked or judged."""
    for found in pages(engine, chosen):
        for row in found:
            yield _question(row)


def sizes(engine: Engine, chosen: Chosen) -> Mapping[str, int]:
    """How many rows each table has."""
    with engine.execution_options(**{READ_ONLY: True}).begin() as connection:
        written = connection.scalar(select(func.count()).select_from(doctrines).where(*_of(doctrines, chosen)))
    answers = sum(1 for _ in _vignettes(engine, chosen.territory))
    return {QUESTIONS: count(engine, chosen), DOCTRINES: written or 0, VIGNETTES: answers}


def _question(row: Mapping[str, Any]) -> Row:
    about = about_answer(row["answer"])
    made = row["verdict_at"]
    return (
        row["asked_at"],
        row["token"],
        row["channel"],
        row["language"],
        row["territory"],
        row["status"],
        about["missions"],
        about["certainty"],
        about["open_reason"],
        about["open_decider"],
        about["statements"],
        row["ruleset_version"],
        row["replaces"],
        row["state"],
        row["verdict"],
        row["verdict_missions"],
        row["verdict_statements"],
        made.date() if made else None,
        *(_fact(fact.kind, row["facts"].get(fact.id)) for fact in facts()),
    )


def _fact(kind: str, value: object) -> object:
    """A date as a date; what is only known to lie between two bounds stays as it was recorded."""
    if kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _doctrines(engine: Engine, territory: str | None) -> Iterator[Row]:
    wanted = select(doctrines).where(*_of(doctrines, Chosen(territory=territory))).order_by(doctrines.c.id)
    for row in _read(engine, wanted):
        said = (row["id"], row["territory"], row["zone"], row["missions"], row["said"], row["state"])
        yield (*said, row["decided_on"], _day(row["published_at"]), _day(row["ended_at"]))


def _vignettes(engine: Engine, territory: str | None) -> Iterator[Row]:
    """A row a vignette and a mission that was answered to it: how many visitors did."""
    answered = vignette_answers.c.vignette == vignettes.c.id
    if territory is not None:
        answered &= vignette_answers.c.territory == territory
    told = (vignettes.c.id, vignettes.c.territory, vignettes.c.title, vignettes.c.published_at, vignettes.c.closed_at)
    counted = func.count(vignette_answers.c.visitor).label("answers")
    wanted = select(*told, vignette_answers.c.mission, counted).join(vignette_answers, answered)
    if territory is not None:
        wanted = wanted.where(vignettes.c.territory.is_(None) | (vignettes.c.territory == territory))
    order = (vignettes.c.id, vignette_answers.c.mission)
    for row in _read(engine, wanted.group_by(*told, vignette_answers.c.mission).order_by(*order)):
        days = (_day(row["published_at"]), _day(row["closed_at"]))
        yield (row["id"], row["territory"], row["title"], *days, row["mission"], row["answers"])


def _of(table: Any, chosen: Chosen) -> list[Any]:
    return [] if chosen.territory is None else [table.c.territory == chosen.territory]


def _read(engine: Engine, wanted: Any) -> list[Any]:
    with engine.execution_options(**{READ_ONLY: True}).begin() as connection:
        return list(connection.execute(wanted).mappings())


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
