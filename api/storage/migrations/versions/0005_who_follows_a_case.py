"""Where whoever follows a case is told of its answers, sealed under the case's key."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("visitor_address", sa.LargeBinary))


def downgrade() -> None:
    op.drop_column("cases", "visitor_address")
