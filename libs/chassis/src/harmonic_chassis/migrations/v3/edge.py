"""Version 3 of the edge's tables: digests of the users and organizations that are no more."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.orm import UtcDateTime


def upgrade() -> None:
    """Create the table. What ended before is not in it: its late news arrived long ago."""
    op.create_table(
        "ended",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_ended"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("ended")
