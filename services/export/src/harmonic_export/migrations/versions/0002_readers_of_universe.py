"""Who may read a universe may read what was exported of it."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.orm import Id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the projection; a universe that is not in it is its organization's."""
    op.create_table(
        "universe",
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("universe_id", name="pk_universe"),
    )
    op.create_index("ix_universe_organization_id", "universe", ["organization_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("universe")
