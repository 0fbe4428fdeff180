"""Accounts that sign in, their sessions and keys; invitations, and the visitors who joined by them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.DateTime(timezone=True)
PLAIN = sa.JSON(none_as_null=True)


def upgrade() -> None:
    _accounts()
    _sessions()
    _api_keys()
    _invitations()
    _visitors()


def downgrade() -> None:
    for table in ("visitors", "invitations", "api_keys", "sessions", "accounts"):
        op.drop_table(table)


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("password", sa.String),
        sa.Column("sealing", sa.LargeBinary),
        sa.Column("totp", sa.LargeBinary),
        sa.Column("totp_used", sa.Integer),
        sa.Column("subject", sa.String),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
        sa.UniqueConstraint("subject", name="uq_accounts_subject"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_sessions_account"),
        sa.PrimaryKeyConstraint("key", name="pk_sessions"),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("scopes", PLAIN, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("made_by", SERIAL),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_api_keys_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("key", name="uq_api_keys_key"),
    )


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("territory", sa.String, nullable=False),
        sa.Column("made_by", SERIAL, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("most", sa.Integer),
        sa.Column("joined", sa.Integer, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_invitations_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("key", name="uq_invitations_key"),
    )
    op.create_index("ix_invitations_territory", "invitations", ["territory"])


def _visitors() -> None:
    op.create_table(
        "visitors",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("territory", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("invitation", SERIAL),
        sa.Column("sealing", sa.LargeBinary),
        sa.Column("address", sa.LargeBinary),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT),
        sa.ForeignKeyConstraint(["invitation"], ["invitations.id"], name="fk_visitors_invitation"),
        sa.PrimaryKeyConstraint("key", name="pk_visitors"),
    )
    op.create_index("ix_visitors_territory", "visitors", ["territory"])
