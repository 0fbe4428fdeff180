"""Matrix: how far its events are taken in, whose room is whose, and by which channel a follower of a case is told."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PLAIN = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "matrix_positions",
        sa.Column("account", sa.String, nullable=False),
        sa.Column("position", sa.String, nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_matrix_positions"),
    )
    op.create_table(
        "matrix_rooms",
        sa.Column("room", sa.String, nullable=False),
        sa.Column("visitor", sa.String, nullable=False),
        sa.Column("sealing", sa.LargeBinary, nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("offered", PLAIN, nullable=False),
        sa.Column("others_told_at", INSTANT),
        sa.Column("spoken_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("room", name="pk_matrix_rooms"),
    )
    op.create_index("ix_matrix_rooms_visitor", "matrix_rooms", ["visitor"])
    op.create_index("ix_matrix_rooms_spoken_at", "matrix_rooms", ["spoken_at"])
    op.add_column("cases", sa.Column("visitor_channel", sa.String))
    op.execute("UPDATE cases SET visitor_channel = 'telegram' WHERE visitor_address IS NOT NULL")


def downgrade() -> None:
    op.drop_column("cases", "visitor_channel")
    op.drop_table("matrix_rooms")
    op.drop_table("matrix_positions")
