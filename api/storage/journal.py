"""The journal of a conversation in the database: one SqlJournal is one open transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from api.storage.question_days import count_questions
from api.storage.quick import Quick, bound_columns
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


def _keep(insert: Any) -> Any:
    made = insert(dialogues).values(bound_columns(dialogues))
    changes = {column.name: made.excluded[column.name] for column in dialogues.c if not column.primary_key}
    return made.on_conflict_do_update(index_elements=["key"], set_=changes)


def _record(insert: Any) -> Any:
    row = bound_columns(events, "shown_at")
    return insert(events).values(row).on_conflict_do_nothing().returning(events.c.event)


_THE_EVENT = (events.c.channel == bindparam("channel")) & (events.c.event == bindparam("event"))
_SEEN = Quick(select(events.c.reply).where(_THE_EVENT))
_SHOWN = Quick(select(events.c.shown_at).where(_THE_EVENT))
_MARK = Quick(events.update().where(_THE_EVENT, events.c.shown_at.is_(None)).values(shown_at=bindparam("at")))
_DIALOGUE = Quick(
    select(*(dialogues.c[f.name] for f in fields(Dialogue))).where(dialogues.c.key == bindparam("of_key"))
)
_KEEP, _RECORD = Quick(_keep), Quick(_record)
_LOG = Quick(enquiries.insert().values(bound_columns(enquiries, "id")).returning(enquiries.c.id))
_LEFT = select(
    bindparam("question", type_=abandoned.c.question.type),
    bindparam("answered", type_=abandoned.c.answered.type),
    *(dialogues.c.channel, dialogues.c.territory, dialogues.c.kept_at),
).where(dialogues.c.key == bindparam("of_key"))
_ABANDON = Quick(abandoned.insert().from_select(["question", "answered", "channel", "territory", "left_at"], _LEFT))


class SqlJournal:
    """``bot.journal.Journal`` on a connection, whose transaction the caller commits or rolls back.

    ``logged``: the question that was logged last. ``finish`` is the last thing before the commit.
    """

    def __init__(self, connection: Connection, clock: Clock = now) -> None:
        self.connection = connection
        self.logged: Enquiry | None = None
        self._uncounted: list[Enquiry] = []
        self._clock = clock

    def seen(self, channel: str, event: str) -> Mapping[str, object] | None:
        return _SEEN.value(self.connection, channel=channel, event=event)

    def record(self, channel: str, event: str, reply: Mapping[str, object]) -> None:
        """Record the event once. After DuplicateEvent the transaction works on; roll it back, ask ``seen``.

        While another transaction records the same event, waits for its end.
        """
        row = {"channel": channel, "event": event, "taken_at": self._clock(), "reply": reply}
        if not _RECORD.rows(self.connection, **row):
            raise DuplicateEvent(f"{channel} event {event!r} is already recorded")

    def mark_shown(self, channel: str, event: str) -> None:
        """Note that the reply to an event arrived; the first time stays."""
        _MARK.run(self.connection, channel=channel, event=event, at=self._clock())

    def was_shown(self, channel: str, event: str) -> bool:
        """Whether the event was answered and its reply arrived."""
        return _SHOWN.value(self.connection, channel=channel, event=event) is not None

    def dialogue(self, key: str) -> Dialogue | None:
        """The dialogue. Until the transaction ends nobody else reads or keeps the one under this key."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
        row = _DIALOGUE.first(self.connection, of_key=key)
        return Dialogue(*row) if row else None

    def keep(self, dialogue: Dialogue) -> None:
        _KEEP.run(self.connection, **_values(dialogue), kept_at=self._clock())

    def abandon(self, key: str, question: str, answered: int) -> None:
        """Left in the territory, and at the moment, of the dialogue's last use; one never kept was not left."""
        _ABANDON.run(self.connection, of_key=key, question=question, answered=answered)

    def log(self, enquiry: Enquiry) -> None:
        """Append a finished question. Raises FreeTextError when an orientation still has its ``libelle``."""
        _refuse_free_text(enquiry)
        repeated = {"status": enquiry.answer["status"], "missions": marked(*_missions(enquiry))}
        queue(self.connection, enquiry, _LOG.value(self.connection, **_values(enquiry), **repeated))
        self.logged = enquiry
        self._uncounted.append(enquiry)

    def finish(self) -> None:
        """Add what was logged to the sums of its day. Questions with the same answer change the same row: whoever holds
        it keeps all others waiting until the commit, on PostgreSQL those of other processes too. Hence last."""
        count_questions(self.connection, self._uncounted)
        self._uncounted.clear()

    def enquiry(self, token: str) -> Enquiry | None:
        row = self.connection.execute(select_enquiries().where(enquiries.c.token == token)).mappings().first()
        return to_enquiry(row) if row else None


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
