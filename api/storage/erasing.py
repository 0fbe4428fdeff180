"""What goes when a person is forgotten: rows deleted, keys destroyed, hashes and names taken out of what stays."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Connection, Engine, delete, exists, select

from api.storage.access_schema import accounts, sessions, visitors
from api.storage.household_schema import campaigns, cases, recordings
from api.storage.matrix_schema import matrix_rooms
from api.storage.review_schema import doctrines, reviews, tidings, vignette_answers
from api.storage.schema import dialogues, enquiries, publications, readings
from api.storage.speech_schema import voice_notes

FORGOTTEN = "compte effacé "
NOBODY: Mapping[str, str] = MappingProxyType({"asker": "", "interview": ""})
# Columns where somebody may have signed with the name of their account.
SIGNED: tuple[Column[Any], ...] = (
    doctrines.c.signed_by,
    campaigns.c.made_by,
    recordings.c.made_by,
    readings.c.reader,
    publications.c.published_by,
)
NO_HOUSEHOLDS = ~exists().where(cases.c.address_key == matrix_rooms.c.visitor)  # rooms where none is written to


def forget_visitor(connection: Connection, keys: Collection[str]) -> Mapping[str, int]:
    """Take out of every table the keyed hashes of one visitor, and destroy the key of their address. Counts by kind."""
    counts = {
        "visitors": _count(connection, delete(visitors).where(visitors.c.key.in_(keys))),
        "interviews": _count(connection, delete(dialogues).where(dialogues.c.key.in_(keys))),
        "voice_notes": _count(connection, delete(voice_notes).where(voice_notes.c.dialogue.in_(keys))),
        "matrix_rooms": _count(connection, delete(matrix_rooms).where(matrix_rooms.c.visitor.in_(keys), NO_HOUSEHOLDS)),
        "tidings": _count(connection, delete(tidings).where(tidings.c.visitor.in_(keys))),
        "questions": _count(connection, enquiries.update().where(enquiries.c.asker.in_(keys)).values(NOBODY)),
        "vignette_answers": _forget_answers(connection, keys),
    }
    follows = cases.c.visitor.in_(keys)
    counts["household_cases"] = _count(
        connection, cases.update().where(follows).values(visitor=None, visitor_channel=None, visitor_address=None)
    )
    return counts


def forget_room(connection: Connection, key: str) -> None:
    """Forget the room where a household was written to, by the key of its person; whoever asked there themselves, has
    joined or follows another household is a visitor, too, and keeps it."""
    others = (visitors.c.key, dialogues.c.key, cases.c.visitor)
    if any(connection.scalar(select(one).where(one == key).limit(1)) is not None for one in others):
        return
    connection.execute(delete(matrix_rooms).where(matrix_rooms.c.visitor == key, NO_HOUSEHOLDS))


def forget_account(connection: Connection, number: int, at: datetime) -> Mapping[str, int]:
    """The account's name becomes « compte effacé n », and nobody signs in by it: it is closed. Counts by kind."""
    name = connection.scalar(select(accounts.c.name).where(accounts.c.id == number))
    unnamed = FORGOTTEN + str(number)
    gone = dict.fromkeys(("password", "sealing", "totp", "totp_used", "subject"))
    ended = _count(connection, delete(sessions).where(sessions.c.account == number))
    freed = _count(connection, reviews.update().where(reviews.c.assignee == number).values(assignee=None))
    signed = 0
    for column in SIGNED:
        signed += _count(connection, column.table.update().where(column == name).values({column.name: unnamed}))
    connection.execute(accounts.update().where(accounts.c.id == number).values({"name": unnamed, **gone}))
    still_open = (accounts.c.id == number) & accounts.c.closed_at.is_(None)
    connection.execute(accounts.update().where(still_open).values(closed_at=at))
    return {"sessions": ended, "questions": freed, "doctrines": signed, "accounts": 1}


def forget_answer(connection: Connection, vignette: int, visitor: str) -> None:
    """What a visitor answered to a vignette stays counted, under a name that points at nobody."""
    one = (vignette_answers.c.vignette == vignette) & (vignette_answers.c.visitor == visitor)
    connection.execute(vignette_answers.update().where(one).values(visitor=FORGOTTEN + secrets.token_hex(8)))


def leave_no_trace(connection: Connection) -> None:
    """In this transaction SQLite writes over what it deletes; PostgreSQL does so at its next vacuum."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def empty_the_log(engine: Engine) -> None:
    """After the transaction: SQLite keeps no copy of what was in its write-ahead log."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()


def _forget_answers(connection: Connection, keys: Collection[str]) -> int:
    mine = select(vignette_answers.c.vignette, vignette_answers.c.visitor).where(vignette_answers.c.visitor.in_(keys))
    found = connection.execute(mine).all()
    for vignette, visitor in found:
        forget_answer(connection, vignette, visitor)
    return len(found)


def _count(connection: Connection, statement: Any) -> int:
    return connection.execute(statement).rowcount
