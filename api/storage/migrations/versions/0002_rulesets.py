"""The rulesets that are kept, and who published which of them when."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "rulesets",
        sa.Column("version", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_rulesets"),
    )
    op.create_table(
        "publications",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("published_by", sa.String, nullable=False),
        sa.Column("note", sa.String),
        sa.Column("packaged", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
        sa.ForeignKeyConstraint(["version"], ["rulesets.version"], name="fk_publications_version"),
    )


def downgrade() -> None:
    op.drop_table("publications")
    op.drop_table("rulesets")
