"""Speech: voice notes, sounds, and what was understood and waits for a yes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PLAIN = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.add_column("dialogues", sa.Column("proposed", PLAIN))
    op.create_table(
        "voice_notes",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("dialogue", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("sealing", sa.LargeBinary, nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("sound", sa.LargeBinary),
        sa.Column("reply", PLAIN),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_voice_notes"),
    )
    op.create_index("ix_voice_notes_taken_at", "voice_notes", ["taken_at"])
    op.create_table(
        "sounds",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("sound", sa.LargeBinary, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sounds"),
    )
    op.create_index("ix_sounds_used_at", "sounds", ["used_at"])


def downgrade() -> None:
    op.drop_table("sounds")
    op.drop_table("voice_notes")
    op.drop_column("dialogues", "proposed")
