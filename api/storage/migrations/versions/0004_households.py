"""Household cases: consent, episodes, messages both ways, links, recordings, campaigns, and what is due."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("dialogues", sa.Column("household", sa.String))
    _cases()
    _episodes()
    _consents()
    _links()
    _campaigns()
    _household_messages()
    _household_audio()
    _recordings()
    _dues()


def downgrade() -> None:
    for table in (
        "dues",
        "recordings",
        "household_audio",
        "household_messages",
        "campaigns",
        "links",
        "consents",
        "episodes",
        "cases",
    ):
        op.drop_table(table)
    op.drop_column("dialogues", "household")


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("consent", sa.String, nullable=False),
        sa.Column("channel", sa.String),
        sa.Column("sealing", sa.LargeBinary),
        sa.Column("address", sa.LargeBinary),
        sa.Column("address_key", sa.String),
        sa.Column("sender", sa.LargeBinary),
        sa.Column("alert_agreed_on", sa.Date),
        sa.Column("alert_address", sa.LargeBinary),
        sa.Column("visitor", sa.String),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("reference", name="pk_cases"),
        sa.UniqueConstraint("address_key", name="uq_cases_address_key"),
    )


def _episodes() -> None:
    op.create_table(
        "episodes",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("began_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name="fk_episodes_case_ref"),
        sa.PrimaryKeyConstraint("id", name="pk_episodes"),
    )
    op.create_index("ix_episodes_case_ref", "episodes", ["case_ref"])


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name="fk_consents_case_ref"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_case_ref", "consents", ["case_ref"])


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("case_ref", sa.String, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("opened_at", INSTANT),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name="fk_links_case_ref"),
        sa.PrimaryKeyConstraint("key", name="pk_links"),
    )
    op.create_index("ix_links_case_ref", "links", ["case_ref"])


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("template", sa.String, nullable=False),
        sa.Column("slots", sa.LargeBinary, nullable=False),
        sa.Column("sealing", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
    )


def _household_messages() -> None:
    op.create_table(
        "household_messages",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("case_ref", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("direction", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("link", sa.String),
        sa.Column("about", sa.String),
        sa.Column("campaign", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("failure", sa.String),
        sa.Column("pressed", sa.String),
        sa.Column("understood", sa.Boolean, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("sent", sa.LargeBinary),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("read_at", INSTANT),
        sa.Column("told_at", INSTANT),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name="fk_household_messages_case_ref"),
        sa.ForeignKeyConstraint(["link"], ["links.key"], name="fk_household_messages_link"),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.id"], name="fk_household_messages_campaign"),
        sa.PrimaryKeyConstraint("id", name="pk_household_messages"),
        sa.UniqueConstraint("case_ref", "number", name="uq_household_messages_case_ref_number"),
    )
    op.create_index("ix_household_messages_campaign_state", "household_messages", ["campaign", "state"])
    op.create_index("ix_household_messages_state_direction", "household_messages", ["state", "direction"])


def _household_audio() -> None:
    op.create_table(
        "household_audio",
        sa.Column("message", sa.String, nullable=False),
        sa.Column("media", sa.String, nullable=False),
        sa.Column("sound", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["message"], ["household_messages.id"], name="fk_household_audio_message"),
        sa.PrimaryKeyConstraint("message", name="pk_household_audio"),
    )


def _recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("territory", sa.String, nullable=False),
        sa.Column("template", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("media", sa.String, nullable=False),
        sa.Column("sound", sa.LargeBinary, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("territory", "template", "language", name="pk_recordings"),
    )


def _dues() -> None:
    op.create_table(
        "dues",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("occurrence", sa.String, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("message", sa.String),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name="fk_dues_case_ref"),
        sa.PrimaryKeyConstraint("id", name="pk_dues"),
        sa.UniqueConstraint("case_ref", "step", "occurrence", name="uq_dues_case_ref_step_occurrence"),
    )
    op.create_index("ix_dues_state_due_at", "dues", ["state", "due_at"])
