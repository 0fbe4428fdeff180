"""What native readers said of the translations of household messages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("part", sa.String, nullable=False),
        sa.Column("seen", sa.String, nullable=False),
        sa.Column("reader", sa.String, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("proposal", sa.String),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
    )


def downgrade() -> None:
    op.drop_table("readings")
