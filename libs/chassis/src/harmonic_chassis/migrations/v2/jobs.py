"""Version 2 of the tables of durable long work: whose a job is, where it is not every member's."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add the column; what is there stays every member's."""
    with op.batch_alter_table("job") as batch:
        batch.add_column(sa.Column("owner_id", sa.String(80)))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("job") as batch:
        batch.drop_column("owner_id")
