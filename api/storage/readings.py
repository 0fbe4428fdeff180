"""What native readers said of a translation: right, or what it should say."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Engine, select

from api.storage.engine import READ_ONLY
from api.storage.journal import Clock, now
from api.storage.schema import readings

RIGHT, TO_CORRECT = "right", "to_correct"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one part of one language, by a role. ``seen``: the hash of what was read; ``proposal``: what it should say."""

    language: str
    part: str
    seen: str
    reader: str
    verdict: str
    proposal: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A verdict that was kept, and when."""

    verdict: Verdict
    read_at: datetime


class Readings:
    """The table of readings on a database."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READ_ONLY: True})
        self._clock = clock

    def add(self, verdict: Verdict) -> None:
        """Keep a verdict; an earlier one of the same reader stays, and the last one counts."""
        with self._engine.begin() as connection:
            connection.execute(readings.insert().values(asdict(verdict) | {"read_at": self._clock()}))

    def last(self) -> list[Reading]:
        """The last verdict of each reader on each part of each language, oldest first."""
        columns = [readings.c[field.name] for field in fields(Verdict)]
        found: dict[tuple[str, str, str], Reading] = {}
        with self._reading.begin() as connection:
            for row in connection.execute(select(*columns, readings.c.read_at).order_by(readings.c.id)):
                *said, read_at = row
                verdict = Verdict(*said)
                key = (verdict.language, verdict.part, verdict.reader)
                found.pop(key, None)
                found[key] = Reading(verdict, read_at)
        return list(found.values())
