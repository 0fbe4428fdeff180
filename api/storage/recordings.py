"""Messages and questions read aloud by a person, one a territory, name and language: nobody's case is in them.

A message to households goes by its template's id, a visitor's question by ``question.<id>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select

from api.storage.household_schema import recordings
from api.storage.journal import Clock, now
from bot.speech.sounded import QUESTION

_C = recordings.c


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that is there. ``made_by``: the role of who gave it; ``size`` in bytes."""

    territory: str
    template: str
    language: str
    media: str
    size: int
    made_by: str
    made_at: datetime


class Recordings:
    """The recordings of a database; each method is a transaction."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine, self._clock = engine, clock

    def put(self, territory: str, template: str, language: str, media: str, sound: bytes, made_by: str) -> None:
        """Keep a recording in the place of the one before."""
        row = {"territory": territory, "template": template, "language": language, "media": media, "sound": sound}
        row |= {"made_by": made_by, "made_at": self._clock()}
        with self._engine.begin() as connection:
            connection.execute(delete(recordings).where(_at(territory, template, language)))
            connection.execute(insert(recordings).values(row))

    def remove(self, territory: str, template: str, language: str) -> bool:
        """Whether there was one."""
        with self._engine.begin() as connection:
            return connection.execute(delete(recordings).where(_at(territory, template, language))).rowcount == 1

    def sound(self, territory: str | None, template: str, language: str) -> tuple[str, bytes] | None:
        """The media type and the bytes, or None."""
        with self._engine.connect() as connection:
            return recorded_sound(connection, territory, template, language)

    def templates(self, territory: str | None, language: str) -> frozenset[str]:
        """The messages to households that a territory has a recording of in a language."""
        wanted = select(_C.template).where(_C.territory == territory, _C.language == language)
        wanted = wanted.where(~_C.template.startswith(QUESTION, autoescape=True))
        with self._engine.connect() as connection:
            return frozenset(connection.scalars(wanted))

    def all(self, territory: str | None = None) -> list[Recording]:
        """Every recording, or those of a territory, in order, without their sound."""
        size = func.length(_C.sound).label("size")
        wanted = select(_C.territory, _C.template, _C.language, _C.media, size, _C.made_by, _C.made_at)
        if territory is not None:
            wanted = wanted.where(_C.territory == territory)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.order_by(_C.territory, _C.language, _C.template)).mappings()
            return [Recording(**row) for row in rows]


def recorded_sound(
    connection: Connection, territory: str | None, template: str, language: str
) -> tuple[str, bytes] | None:
    """The media type and the bytes of a recording, or None, within a transaction that is open."""
    row = connection.execute(select(_C.media, _C.sound).where(_at(territory, template, language))).first()
    return None if row is None else (row.media, bytes(row.sound))


def _at(territory: str | None, template: str, language: str) -> Any:
    return (_C.territory == territory) & (_C.template == template) & (_C.language == language)
