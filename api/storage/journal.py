"""The journal of a conversation in the database: one SqlJournal is one open transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from api.storage.reading import marked, select_enquiries, to_enquiry
from api.storage.review_schema import abandoned
from api.storage.reviews import queue
from api.storage.schema import dialogues, enquiries, events
from bot.journal import Dialogue, DuplicateEvent, Enquiry

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


class FreeTextError(ValueError):
    """Words typed by a person were about to be logged."""


class SqlJournal:
    """``bot.journal.Journal`` on a connection, whose transaction the caller commits or rolls back.

    ``logged``: the question that was logged last.
    """

    def __init__(self, connection: Connection, clock: Clock = now) -> None:
        self.connection = connection
        self.logged: Enquiry | None = None
        self._clock = clock

    def seen(self, channel: str, event: str) -> Mapping[str, object] | None:
        wanted = (events.c.channel == channel) & (events.c.event == event)
        return self.connection.scalar(select(events.c.reply).where(wanted))

    def record(self, channel: str, event: str, reply: Mapping[str, object]) -> None:
        """Record the event once. After DuplicateEvent the transaction works on; roll it back, ask ``seen``.

        While another transaction records the same event, waits for its end.
        """
        row = {"channel": channel, "event": event, "taken_at": self._clock(), "reply": reply}
        statement = self._insert(events).values(row).on_conflict_do_nothing().returning(events.c.event)
        if self.connection.scalar(statement) is None:
            raise DuplicateEvent(f"{channel} event {event!r} is already recorded")

    def dialogue(self, key: str) -> Dialogue | None:
        """The dialogue. Until the transaction ends nobody else reads or keeps the one under this key."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
        columns = [dialogues.c[field.name] for field in fields(Dialogue)]
        row = self.connection.execute(select(*columns).where(dialogues.c.key == key)).mappings().first()
        return Dialogue(**row) if row else None

    def keep(self, dialogue: Dialogue) -> None:
        row = _values(dialogue) | {"kept_at": self._clock()}
        changes = {name: value for name, value in row.items() if name != "key"}
        statement = self._insert(dialogues).values(row)
        self.connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changes))

    def abandon(self, key: str, question: str, answered: int) -> None:
        """Left in the territory, and at the moment, of the dialogue's last use; one never kept was not left."""
        wanted = select(dialogues.c.channel, dialogues.c.territory, dialogues.c.kept_at)
        kept = self.connection.execute(wanted.where(dialogues.c.key == key)).first()
        if kept is not None:
            row = {"channel": kept.channel, "territory": kept.territory, "left_at": kept.kept_at}
            self.connection.execute(abandoned.insert().values(row | {"question": question, "answered": answered}))

    def log(self, enquiry: Enquiry) -> None:
        """Append a finished question. Raises FreeTextError when an orientation still has its ``libelle``."""
        _refuse_free_text(enquiry)
        repeated = {"status": enquiry.answer["status"], "missions": marked(*_missions(enquiry))}
        logged = enquiries.insert().values(_values(enquiry) | repeated).returning(enquiries.c.id)
        queue(self.connection, enquiry, self.connection.execute(logged).scalar_one())
        self.logged = enquiry

    def enquiry(self, token: str) -> Enquiry | None:
        row = self.connection.execute(select_enquiries().where(enquiries.c.token == token)).mappings().first()
        return to_enquiry(row) if row else None

    def _insert(self, table: Any) -> Any:
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)


def _missions(enquiry: Enquiry) -> tuple[str, ...]:
    missions = enquiry.answer["missions"]
    assert isinstance(missions, list | tuple)  # noqa: S101
    return tuple(missions)


def _values(record: Dialogue | Enquiry) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _refuse_free_text(enquiry: Enquiry) -> None:
    orientations = enquiry.facts.get("orientations")
    if isinstance(orientations, list | tuple) and any("libelle" in one for one in orientations):
        raise FreeTextError("orientations: 'libelle' is free text, never logged: leave it out of the facts")
