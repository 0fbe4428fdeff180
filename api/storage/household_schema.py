"""The tables of household cases. Migrations make them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from api.storage.schema import Instant, Serial, metadata

# What a household said, or did not get, and nobody has dealt with. A button is dealt with where it asks for nothing.
WAITING = (
    "handled_at IS NULL AND ((direction = 'in' AND (urgent OR kind IN ('text', 'voice')))"
    " OR (direction = 'out' AND state = 'failed'))"
)

# A household has no name here: a reference. What could tell who it is or what was said is sealed under the case's own
# key, itself sealed under the program's keys: without `sealing`, the rest of the row's secrets can never be read again.
cases = Table(
    "cases",
    metadata,
    Column("reference", String, primary_key=True),
    Column("territory", String),
    Column("language", String, nullable=False),
    Column("consent", String, nullable=False),
    Column("channel", String),
    Column("sealing", LargeBinary),
    Column("address", LargeBinary),
    Column("address_key", String, unique=True),
    Column("sender", LargeBinary),
    Column("alert_agreed_on", Date),
    Column("alert_address", LargeBinary),
    Column("visitor", String),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("visitor_address", LargeBinary),
    Column("visitor_channel", String),
    Index(None, "territory", "opened_at", "reference"),
    Index(None, "territory", "language", "opened_at", "reference"),
)

episodes = Table(
    "episodes",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("case_ref", String, ForeignKey("cases.reference"), nullable=False),
    Column("kind", String, nullable=False),
    Column("began_on", Date, nullable=False),
    Column("ended_on", Date),
    Index(None, "case_ref"),
)

# text: the words that the household read, sealed.
consents = Table(
    "consents",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("case_ref", String, ForeignKey("cases.reference"), nullable=False),
    Column("decision", String, nullable=False),
    Column("language", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Index(None, "case_ref"),
)

# A household's page: its address holds a token of which only the hash is kept in clear.
links = Table(
    "links",
    metadata,
    Column("key", String, primary_key=True),
    Column("case_ref", String, ForeignKey("cases.reference"), nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("opened_at", Instant),
    Index(None, "case_ref"),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", String, primary_key=True),
    Column("territory", String),
    Column("template", String, nullable=False),
    Column("slots", LargeBinary, nullable=False),
    Column("sealing", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String, nullable=False),
    Column("ended_at", Instant),
)

# direction: out, to the household; in, from it. about: the message that this one answers or goes on from. handled_at:
# somebody has dealt with it.
household_messages = Table(
    "household_messages",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_ref", String, ForeignKey("cases.reference"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("direction", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("language", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("channel", String, nullable=False),
    Column("link", String, ForeignKey("links.key")),
    Column("about", String),
    Column("campaign", String, ForeignKey("campaigns.id")),
    Column("state", String, nullable=False),
    Column("failure", String),
    Column("pressed", String),
    Column("understood", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("sent", LargeBinary),
    Column("made_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("read_at", Instant),
    Column("told_at", Instant),
    Column("handled_at", Instant),
    UniqueConstraint("case_ref", "number"),
    Index(None, "campaign", "state"),
    Index(None, "state", "direction"),
    Index(
        "ix_household_messages_waiting",
        "made_at",
        "id",
        "case_ref",
        sqlite_where=text(WAITING),
        postgresql_where=text(WAITING),
    ),
    Index(
        "ix_household_messages_handled",
        "handled_at",
        "id",
        sqlite_where=text("handled_at IS NOT NULL"),
        postgresql_where=text("handled_at IS NOT NULL"),
    ),
)

# Sound, sealed under its case's key; of a message from the household.
household_audio = Table(
    "household_audio",
    metadata,
    Column("message", String, ForeignKey("household_messages.id"), primary_key=True),
    Column("media", String, nullable=False),
    Column("sound", LargeBinary, nullable=False),
)

# A message read aloud by a person whom the territory asked: nothing of a household is in it.
recordings = Table(
    "recordings",
    metadata,
    Column("territory", String, primary_key=True),
    Column("template", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("media", String, nullable=False),
    Column("sound", LargeBinary, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Instant, nullable=False),
)

# What a case is due, once each: a step, and which time (a day or a number).
dues = Table(
    "dues",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("case_ref", String, ForeignKey("cases.reference"), nullable=False),
    Column("step", String, nullable=False),
    Column("occurrence", String, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("message", String),
    UniqueConstraint("case_ref", "step", "occurrence"),
    Index(None, "state", "due_at"),
)
