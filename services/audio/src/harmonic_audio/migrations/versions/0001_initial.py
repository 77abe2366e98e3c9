"""Universes, simulations, soundscapes with revisions, renderings; the chassis tables."""

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
    _projections()
    _soundscapes()
    _renderings()


def _projections() -> None:
    op.create_table(
        "universe",
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("project_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("preset", sa.String(100)),
        sa.PrimaryKeyConstraint("universe_id", name="pk_universe"),
    )
    op.create_index("ix_universe_organization_id", "universe", ["organization_id"])
    op.create_index("ix_universe_project_id", "universe", ["project_id"])
    op.create_table(
        "simulation",
        sa.Column("simulation_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("trajectory", Json, nullable=False),
        sa.PrimaryKeyConstraint("simulation_id", name="pk_simulation"),
    )
    op.create_index("ix_simulation_universe_id", "simulation", ["universe_id"])
    op.create_index("ix_simulation_organization_id", "simulation", ["organization_id"])


def _soundscapes() -> None:
    op.create_table(
        "soundscape",
        sa.Column("soundscape_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("soundscape_id", name="pk_soundscape"),
        sa.UniqueConstraint("universe_id", name="uq_soundscape_universe_id"),
    )
    op.create_index("ix_soundscape_organization_id", "soundscape", ["organization_id"])
    op.create_table(
        "soundscape_revision",
        sa.Column("soundscape_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("author_id", sa.String(80)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("soundscape_id", "revision", name="pk_soundscape_revision"),
        sa.ForeignKeyConstraint(
            ["soundscape_id"],
            ["soundscape.soundscape_id"],
            name="fk_soundscape_revision_soundscape_id_soundscape",
            ondelete="CASCADE",
        ),
    )


def _renderings() -> None:
    op.create_table(
        "rendering",
        sa.Column("rendering_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("simulation_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("soundscape_id", Id, nullable=False),
        sa.Column("soundscape_revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("result", Json),
        sa.Column("analysis", Json),
        sa.Column("legend", Json),
        sa.Column("problem", Json),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("rendering_id", name="pk_rendering"),
    )
    op.create_index("ix_rendering_universe_id", "rendering", ["universe_id"])
    op.create_index("ix_rendering_organization_id_digest", "rendering", ["organization_id", "digest"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("rendering", "soundscape_revision", "soundscape", "simulation", "universe"):
        op.drop_table(table)
    chassis_v1_downgrade()
