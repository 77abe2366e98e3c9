"""Operations, performances and events of the stream have an owner where they are not every member's."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is there stays every member's."""
    for table in ("operation", "performance", "stream_event"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("owner_id", sa.String(80)))


def downgrade() -> None:
    """Drop them."""
    for table in ("operation", "performance", "stream_event"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("owner_id")
