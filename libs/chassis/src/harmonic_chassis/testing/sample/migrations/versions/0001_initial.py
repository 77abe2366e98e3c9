"""The first version: the chassis' tables and the notes."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.migrations import chassis_v1_downgrade, chassis_v1_upgrade
from harmonic_chassis.orm import Id, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    chassis_v1_upgrade()
    op.create_table(
        "note",
        sa.Column("note_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="pk_note"),
    )
    op.create_index("ix_note_organization_id", "note", ["organization_id"])


def downgrade() -> None:
    op.drop_table("note")
    chassis_v1_downgrade()
