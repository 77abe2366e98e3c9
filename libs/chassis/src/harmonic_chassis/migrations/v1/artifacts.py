"""Version 1 of the tables of artifacts, their pins and grants."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.orm import Id, UtcDateTime


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "artifact",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("producer", sa.String(50), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_artifact"),
    )
    op.create_table(
        "artifact_pin",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "holder", name="pk_artifact_pin"),
    )
    op.create_index("ix_artifact_pin_holder", "artifact_pin", ["holder"])
    op.create_table(
        "artifact_grant",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("reader", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "holder", "reader", name="pk_artifact_grant"),
    )
    op.create_index("ix_artifact_grant_holder", "artifact_grant", ["holder"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("artifact_grant", "artifact_pin", "artifact"):
        op.drop_table(table)
