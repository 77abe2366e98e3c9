"""Operations, performances and the stream of events; the chassis tables."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.migrations import chassis_v1_downgrade, chassis_v1_upgrade
from harmonic_chassis.orm import Id, Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    chassis_v1_upgrade()
    _operations()
    _performances()
    _stream()


def downgrade() -> None:
    """Drop them."""
    for table in ("stream_event", "stream_head", "performance_step", "performance", "operation"):
        op.drop_table(table)
    chassis_v1_downgrade()


def _operations() -> None:
    op.create_table(
        "operation",
        sa.Column("operation_id", Id, nullable=False),
        sa.Column("service", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("operation_id", name="pk_operation"),
    )
    op.create_index("ix_operation_organization_id_operation_id", "operation", ["organization_id", "operation_id"])


def _performances() -> None:
    op.create_table(
        "performance",
        sa.Column("performance_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("deadline_at", UtcDateTime()),
        sa.Column("state", Json, nullable=False),
        sa.PrimaryKeyConstraint("performance_id", name="pk_performance"),
    )
    for column in ("organization_id", "universe_id", "deadline_at"):
        op.create_index(f"ix_performance_{column}", "performance", [column])
    op.create_table(
        "performance_step",
        sa.Column("step_id", Id, nullable=False),
        sa.Column("performance_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("step_id", name="pk_performance_step"),
    )
    op.create_index("ix_performance_step_performance_id", "performance_step", ["performance_id"])


def _stream() -> None:
    op.create_table(
        "stream_head",
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name="pk_stream_head"),
    )
    op.create_table(
        "stream_event",
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("operation_id", Id),
        sa.Column("time", UtcDateTime(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "number", name="pk_stream_event"),
    )
    op.create_index("ix_stream_event_time", "stream_event", ["time"])
    op.create_index("ix_stream_event_operation_id_number", "stream_event", ["operation_id", "number"])
