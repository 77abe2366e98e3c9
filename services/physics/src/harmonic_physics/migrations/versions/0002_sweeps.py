"""Sweeps and their points; what a simulation was estimated to cost."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.orm import Id, Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and the column."""
    with op.batch_alter_table("simulation") as batch:
        batch.add_column(sa.Column("cpu_seconds", sa.Float()))
    op.create_table(
        "sweep",
        sa.Column("sweep_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("plan", Json, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_by", Id),
        sa.Column("cpu_seconds", sa.Float(), nullable=False),
        sa.Column("table", Json),
        sa.Column("problem", Json),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("sweep_id", name="pk_sweep"),
        sa.ForeignKeyConstraint(
            ["universe_id"], ["universe.universe_id"], name="fk_sweep_universe_id", ondelete="CASCADE"
        ),
    )
    for column in ("organization_id", "universe_id"):
        op.create_index(f"ix_sweep_{column}", "sweep", [column])
    op.create_table(
        "sweep_point",
        sa.Column("sweep_id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parameters", Json, nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", Id),
        sa.Column("claimed_at", UtcDateTime()),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("descriptors", Json),
        sa.Column("problem", sa.Text()),
        sa.PrimaryKeyConstraint("sweep_id", "number", name="pk_sweep_point"),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweep.sweep_id"], name="fk_sweep_point_sweep_id", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("sweep_point")
    op.drop_table("sweep")
    with op.batch_alter_table("simulation") as batch:
        batch.drop_column("cpu_seconds")
