"""Who made a universe: its maker may read what is made of it while it is private."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.orm import Id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; for what is there already only those who govern count."""
    op.add_column("universe", sa.Column("created_by", Id, nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("universe", "created_by")
