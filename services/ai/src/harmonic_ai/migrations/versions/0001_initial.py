"""The first tables of the ai service."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.migrations import chassis_v1_downgrade, chassis_v1_upgrade
from harmonic_chassis.orm import Id, Json, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    chassis_v1_upgrade()
    op.create_table(
        "universe",
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("project_id", Id, nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("universe_id", name="pk_universe"),
    )
    op.create_index("ix_universe_organization_id", "universe", ["organization_id"])
    op.create_table(
        "simulation",
        sa.Column("simulation_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("simulation_id", name="pk_simulation"),
    )
    op.create_index("ix_simulation_universe_id", "simulation", ["universe_id"])
    _create_results()


def _create_results() -> None:
    op.create_table(
        "descriptors",
        sa.Column("descriptors_id", Id, nullable=False),
        sa.Column("rendering_id", Id, nullable=False),
        sa.Column("simulation_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("soundscape_revision", sa.Integer, nullable=False),
        sa.Column("descriptors", Json, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("descriptors_id", name="pk_descriptors"),
        sa.UniqueConstraint("rendering_id", name="uq_descriptors_rendering_id"),
    )
    columns = ["organization_id", "universe_id", "descriptors_id"]
    op.create_index("ix_descriptors_organization_id_universe_id_descriptors_id", "descriptors", columns)
    op.create_table(
        "suggestion",
        sa.Column("suggestion_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("actor_id", sa.String(80), nullable=True),
        sa.Column("goal", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("found", Json, nullable=True),
        sa.Column("problem", Json, nullable=True),
        sa.PrimaryKeyConstraint("suggestion_id", name="pk_suggestion"),
    )
    columns = ["organization_id", "universe_id", "suggestion_id"]
    op.create_index("ix_suggestion_organization_id_universe_id_suggestion_id", "suggestion", columns)
    op.create_table(
        "applied_suggestion",
        sa.Column("suggestion_id", Id, nullable=False),
        sa.Column("revision_before", sa.Integer, nullable=False),
        sa.Column("revision_applied", sa.Integer, nullable=False),
        sa.Column("revision_undone", sa.Integer, nullable=True),
        sa.Column("undone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("suggestion_id", name="pk_applied_suggestion"),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestion.suggestion_id"],
            name="fk_applied_suggestion_suggestion_id",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    for table in ("applied_suggestion", "suggestion", "descriptors", "simulation", "universe"):
        op.drop_table(table)
    chassis_v1_downgrade()
