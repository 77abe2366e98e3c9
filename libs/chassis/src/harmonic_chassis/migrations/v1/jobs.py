"""Version 1 of the tables of durable long work."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.orm import Id, Json, UtcDateTime

QUEUED, RUNNING = sa.text("state = 'queued'"), sa.text("state = 'running'")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "job",
        sa.Column("job_id", Id, nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("actor_id", sa.String(100)),
        sa.Column("payload", Json, nullable=False),
        sa.Column("context", Json, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(120)),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("checkpoint", Json),
        sa.Column("result", Json),
        sa.Column("problem", Json),
        sa.Column("wall_seconds", sa.Double(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("job_id", name="pk_job"),
    )
    op.create_index("ix_job_queued", "job", ["organization_id", "due_at"], sqlite_where=QUEUED, postgresql_where=QUEUED)
    op.create_index(
        "ix_job_running", "job", ["organization_id", "lease_until"], sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    op.create_index("ix_job_ended", "job", ["ended_at"])
    op.create_table(
        "organization_turn",
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("served_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name="pk_organization_turn"),
    )
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("job_id", Id),
        sa.PrimaryKeyConstraint("name", name="pk_schedule"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("schedule", "organization_turn", "job"):
        op.drop_table(table)
