"""Version 1 of the edge's tables: idempotency, membership, project."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.orm import Id, Json, UtcDateTime


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", Json),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])
    op.create_table(
        "membership",
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("role", sa.String(10)),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "user_id", name="pk_membership"),
    )
    op.create_index("ix_membership_user_id", "membership", ["user_id"])
    op.create_table(
        "project",
        sa.Column("project_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_project"),
    )
    op.create_index("ix_project_organization_id", "project", ["organization_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("project", "membership", "idempotency"):
        op.drop_table(table)
