"""The tables of the review: the queue, verdicts, what follows from them, and the log of every change."""

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

from api.storage.schema import Instant, Plain, Serial, metadata

JUDGED = "state IN ('confirmed', 'corrected', 'to_cler', 'returned')"  # a verdict counts

# Questions alike in all that a list is filtered by and that never changes; "" where there is none. They are few, and
# the newest of each are found at once, however rare it is.
review_cells = Table(
    "review_cells",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("territory", String, nullable=False),
    Column("mission", String, nullable=False),
    Column("open_reason", String, nullable=False),
    Column("language", String, nullable=False),
    Column("channel", String, nullable=False),
    UniqueConstraint("territory", "mission", "open_reason", "language", "channel"),
)

# One line a logged question. What a list is filtered and ordered by stands here, beside how far its review is.
# rule: the first of the rules that gave the answer. rank: 0 referred, 1 contested, 2 near a flip, 3 other.
reviews = Table(
    "reviews",
    metadata,
    Column("enquiry", Serial, ForeignKey("enquiries.id"), primary_key=True, autoincrement=False),
    Column("token", String, nullable=False, unique=True),
    Column("asked_at", Instant, nullable=False),
    Column("territory", String),
    Column("channel", String, nullable=False),
    Column("language", String, nullable=False),
    Column("mission", String),
    Column("status", String, nullable=False),
    Column("open_reason", String),
    Column("rule", String),
    Column("rank", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("contested_at", Instant),
    Column("assignee", Serial, ForeignKey("accounts.id")),
    Column("second_wanted_at", Instant),
    Column("cell", Serial, ForeignKey("review_cells.id"), nullable=False),
    Index(None, "state", "rank", "asked_at", "enquiry"),
    Index(None, "territory", "state", "rank", "asked_at", "enquiry"),
    Index(
        "ix_reviews_referred_by_rule",
        "rule",
        "asked_at",
        "enquiry",
        "territory",
        "state",
        sqlite_where=text("status = 'referred'"),
        postgresql_where=text("status = 'referred'"),
    ),
    Index(None, "cell", "state", "rank", "asked_at", "enquiry"),
    Index(
        None,
        "assignee",
        "state",
        "rank",
        "asked_at",
        "enquiry",
        sqlite_where=text("assignee IS NOT NULL"),
        postgresql_where=text("assignee IS NOT NULL"),
    ),
    Index(
        "ix_reviews_second_wanted",
        "second_wanted_at",
        sqlite_where=text("second_wanted_at IS NOT NULL"),
        postgresql_where=text("second_wanted_at IS NOT NULL"),
    ),
    Index(
        "ix_reviews_judged_by_rule",
        "rule",
        "enquiry",
        "territory",
        sqlite_where=text(JUDGED),
        postgresql_where=text(JUDGED),
    ),
    Index(
        "ix_reviews_reviewed",
        "state",
        "rule",
        "territory",
        "asked_at",
        sqlite_where=text("state IN ('confirmed', 'corrected')"),
        postgresql_where=text("state IN ('confirmed', 'corrected')"),
    ),
)

# How many questions were logged, by day where the visitors are: added up with each, so that no figure reads the log.
# Nothing here tells who asked. Where there is nothing to say (no territory, no open reason) a cell is empty text.
question_days = Table(
    "question_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("territory", String, primary_key=True),
    Column("missions", String, primary_key=True),
    Column("open_reason", String, primary_key=True),
    Column("questions", Integer, nullable=False),
)

# statements: their numbers. authoritative: what counts; a second opinion is not. replaced_at: another one counts since.
verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("token", String, ForeignKey("enquiries.token"), nullable=False),
    Column("kind", String, nullable=False),
    Column("missions", Plain),
    Column("reason", String),
    Column("statements", Plain),
    Column("account", Serial, ForeignKey("accounts.id"), nullable=False),
    Column("role", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("authoritative", Boolean, nullable=False),
    Column("replaced_at", Instant),
    Index(None, "token"),
    Index(
        "uq_verdicts_one_that_counts",
        "token",
        unique=True,
        sqlite_where=text("authoritative AND replaced_at IS NULL"),
        postgresql_where=text("authoritative AND replaced_at IS NULL"),
    ),
)

# Append-only: triggers refuse any change of a line. subject: what was changed (its kind) and which; details: ids alone.
audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("account", Serial),
    Column("role", String, nullable=False),
    Column("territory", String),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("details", Plain),
    Index(None, "subject", "subject_id"),
)

# What a visitor is told in their own chat. visitor: the asker's keyed hash; about: the id of what it is about.
tidings = Table(
    "tidings",
    metadata,
    Column("id", String, primary_key=True),
    Column("visitor", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("about", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("shown_at", Instant),
    Column("failure", String),
    Index(None, "visitor", "shown_at"),
)

# What a territory does in a case that the text leaves open, until it is settled. zone: the rule or contradiction.
doctrines = Table(
    "doctrines",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("territory", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("missions", Plain, nullable=False),
    Column("said", String, nullable=False),
    Column("state", String, nullable=False),
    Column("written_by", Serial, ForeignKey("accounts.id"), nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("signed_by", String),
    Column("decided_on", Date),
    Column("published_at", Instant),
    Column("ended_at", Instant),
    Index(
        "uq_doctrines_one_in_force",
        "territory",
        "zone",
        unique=True,
        sqlite_where=text("published_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=text("published_at IS NOT NULL AND ended_at IS NULL"),
    ),
)

# That somebody has seen what a new ruleset (its version) or a doctrine (its id) changes, group by group.
signings = Table(
    "signings",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("subject", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("change", String, nullable=False),
    Column("count", Integer, nullable=False),
    Column("account", Serial, ForeignKey("accounts.id")),
    Column("role", String, nullable=False),
    Column("signed_at", Instant, nullable=False),
    UniqueConstraint("subject", "subject_id", "change"),
)

# One situation for every visitor of a territory (None: of all), to compare what they make of it.
vignettes = Table(
    "vignettes",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("territory", String),
    Column("title", String, nullable=False),
    Column("said", String, nullable=False),
    Column("facts", Plain, nullable=False),
    Column("rules", Plain, nullable=False),
    Column("made_by", Serial, ForeignKey("accounts.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("closed_at", Instant),
)

vignette_answers = Table(
    "vignette_answers",
    metadata,
    Column("vignette", Serial, ForeignKey("vignettes.id"), primary_key=True, autoincrement=False),
    Column("visitor", String, primary_key=True),
    Column("territory", String),
    Column("mission", String, nullable=False),
    Column("answered_at", Instant, nullable=False),
)

# Programs that are told of verdicts. sealing, secret: what their signature is made with; shown_at: it is shown once.
# territory: None for those of all.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("territory", String),
    Column("address", String, nullable=False),
    Column("sealing", LargeBinary, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("made_by", Serial, ForeignKey("accounts.id")),
    Column("made_at", Instant, nullable=False),
    Column("shown_at", Instant),
    Column("ended_at", Instant),
)

# verdict: None for a trial.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    Column("webhook", Serial, ForeignKey("webhooks.id"), nullable=False),
    Column("verdict", Serial, ForeignKey("verdicts.id")),
    Column("made_at", Instant, nullable=False),
    Column("delivered_at", Instant),
    Column("tries", Integer, nullable=False),
    Column("failure", String),
    Column("given_up_at", Instant),
    Index(None, "webhook", "made_at"),
)

# An interview that was begun and left: at which question. asked: how many were answered before.
abandoned = Table(
    "abandoned",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("question", String, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("channel", String, nullable=False),
    Column("territory", String),
    Column("left_at", Instant, nullable=False),
    Index(None, "territory", "left_at"),
)
