"""The first version: the chassis' tables, universes with their revisions, simulations."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.migrations import chassis_v1_downgrade, chassis_v1_upgrade
from harmonic_chassis.orm import Id, Json, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    chassis_v1_upgrade()
    _universe()
    _revision()
    _simulation()


def downgrade() -> None:
    for table in ("simulation", "universe_revision", "universe"):
        op.drop_table(table)
    chassis_v1_downgrade()


def _universe() -> None:
    op.create_table(
        "universe",
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("project_id", Id, nullable=False),
        sa.Column("created_by", Id),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("system", sa.String(60), nullable=False),
        sa.Column("preset", sa.String(60)),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("universe_id", name="pk_universe"),
    )
    page = ["organization_id", "created_at", "universe_id"]
    op.create_index("ix_universe_organization_id_created_at", "universe", page)
    for column in ("project_id", "created_by", "visibility"):
        op.create_index(f"ix_universe_{column}", "universe", [column])


def _revision() -> None:
    op.create_table(
        "universe_revision",
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("author_id", Id),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("universe_id", "revision", name="pk_universe_revision"),
        sa.ForeignKeyConstraint(
            ["universe_id"], ["universe.universe_id"], name="fk_universe_revision_universe_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_universe_revision_author_id", "universe_revision", ["author_id"])


def _simulation() -> None:
    op.create_table(
        "simulation",
        sa.Column("simulation_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("engine_version", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_by", Id),
        sa.Column("trajectory", Json),
        sa.Column("frames", sa.Integer()),
        sa.Column("events", sa.Integer()),
        sa.Column("duration", sa.Float()),
        sa.Column("time_unit", sa.String(4)),
        sa.Column("energy_error", sa.Float()),
        sa.Column("problem", Json),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("simulation_id", name="pk_simulation"),
        sa.ForeignKeyConstraint(
            ["universe_id"], ["universe.universe_id"], name="fk_simulation_universe_id", ondelete="CASCADE"
        ),
    )
    for column in ("universe_id", "created_by"):
        op.create_index(f"ix_simulation_{column}", "simulation", [column])
    op.create_index("ix_simulation_organization_id_digest", "simulation", ["organization_id", "digest"])
