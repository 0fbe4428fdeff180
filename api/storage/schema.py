"""The tables. Migrations make them; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin


class NaiveInstantError(ValueError, DontWrapMixin):
    """An instant without a time zone was about to be stored or compared."""


class Instant(TypeDecorator[datetime]):
    """A moment: aware on the way in, kept in UTC, aware and in UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise NaiveInstantError(f"naive instant {value.isoformat()}: give it a time zone, as datetime.now(UTC)")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Text JSON, not JSONB: the order of an answer's keys is kept.
Plain = JSON(none_as_null=True)
Serial = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

dialogues = Table(
    "dialogues",
    metadata,
    Column("key", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("language", String, nullable=False),
    Column("territory", String),
    Column("turn", Integer, nullable=False),
    Column("interview", Plain),
    Column("answer_token", String),
    Column("household", String),
    Column("asking", String),
    Column("proposed", Plain),
    Column("kept_at", Instant, nullable=False),
)

# status and missions repeat a part of the answer: they are what a list is filtered by. asker and interview are empty
# once it is not known any more who asked.
enquiries = Table(
    "enquiries",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("token", String, nullable=False, unique=True),
    Column("interview", String, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("channel", String, nullable=False),
    Column("language", String, nullable=False),
    Column("territory", String),
    Column("asker", String, nullable=False),
    Column("ruleset_version", String, nullable=False),
    Column("facts", Plain, nullable=False),
    Column("answer", Plain, nullable=False),
    Column("replaces", String),
    Column("rules", Plain),
    Column("status", String, nullable=False),
    Column("missions", String, nullable=False),
    Index(None, "asked_at", "id"),
    Index(None, "territory", "asked_at"),
    Index(
        None,
        "replaces",
        sqlite_where=text("replaces IS NOT NULL"),
        postgresql_where=text("replaces IS NOT NULL"),
    ),
    Index(
        "ix_enquiries_with_asker", "asked_at", sqlite_where=text("asker <> ''"), postgresql_where=text("asker <> ''")
    ),
)

events = Table(
    "events",
    metadata,
    Column("channel", String, primary_key=True),
    Column("event", String, primary_key=True),
    Column("taken_at", Instant, nullable=False),
    Column("reply", Plain, nullable=False),
    Column("shown_at", Instant),
)

# proposed_by: the role that would have it in force, until it is. content: the text of each file by its name. The
# version is the hash of what they say, and is checked when read.
rulesets = Table(
    "rulesets",
    metadata,
    Column("version", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("content", Plain, nullable=False),
    Column("kept_at", Instant, nullable=False),
    Column("proposed_by", String),
)

# A version may be published more than once; the last line is what is in force.
publications = Table(
    "publications",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("version", String, ForeignKey("rulesets.version"), nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("published_by", String, nullable=False),
    Column("note", String),
    Column("packaged", Boolean, nullable=False),
)

# seen: the hash of the texts that were read, so that a verdict counts for these texts alone. reader: a role.
readings = Table(
    "readings",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("language", String, nullable=False),
    Column("part", String, nullable=False),
    Column("seen", String, nullable=False),
    Column("reader", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("proposal", String),
    Column("read_at", Instant, nullable=False),
)
