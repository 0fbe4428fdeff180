"""Dialogues, enquiries and events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "dialogues",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("interview", sa.JSON),
        sa.Column("answer_token", sa.String),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_dialogues"),
    )
    op.create_table(
        "events",
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("reply", sa.JSON, nullable=False),
        sa.Column("shown_at", INSTANT),
        sa.PrimaryKeyConstraint("channel", "event", name="pk_events"),
    )
    _create_enquiries()


def _create_enquiries() -> None:
    op.create_table(
        "enquiries",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("interview", sa.String, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("asker", sa.String, nullable=False),
        sa.Column("ruleset_version", sa.String, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.Column("replaces", sa.String),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("missions", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enquiries"),
        sa.UniqueConstraint("token", name="uq_enquiries_token"),
    )
    op.create_index("ix_enquiries_asked_at_id", "enquiries", ["asked_at", "id"])
    op.create_index("ix_enquiries_territory_asked_at", "enquiries", ["territory", "asked_at"])


def downgrade() -> None:
    op.drop_table("enquiries")
    op.drop_table("events")
    op.drop_table("dialogues")
