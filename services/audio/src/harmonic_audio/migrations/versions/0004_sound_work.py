"""Analyses and conversions of sounds."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.orm import Id, Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "sound_work",
        sa.Column("work_id", Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("project_id", Id, nullable=False),
        sa.Column("universe_id", Id),
        sa.Column("rendering_id", Id),
        sa.Column("actor_id", sa.String(80)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("source", Json, nullable=False),
        sa.Column("wanted", Json),
        sa.Column("result", Json),
        sa.Column("report", Json),
        sa.Column("artifact", Json),
        sa.Column("problem", Json),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("work_id", name="pk_sound_work"),
    )
    for column in ("organization_id", "project_id", "universe_id"):
        op.create_index(f"ix_sound_work_{column}", "sound_work", [column])


def downgrade() -> None:
    """Take it away."""
    for column in ("universe_id", "project_id", "organization_id"):
        op.drop_index(f"ix_sound_work_{column}", "sound_work")
    op.drop_table("sound_work")
