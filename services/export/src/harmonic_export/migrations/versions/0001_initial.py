"""The first tables of the export service."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.migrations import chassis_v1_downgrade, chassis_v1_upgrade
from harmonic_chassis.orm import Id, Json, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    chassis_v1_upgrade()
    _create_projections()
    _create_visualization()
    _create_export()
    _create_import()


def _create_projections() -> None:
    op.create_table(
        "simulation",
        sa.Column("simulation_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("simulation_id", name="pk_simulation"),
    )
    op.create_table(
        "rendering",
        sa.Column("rendering_id", Id, nullable=False),
        sa.Column("simulation_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("rendering_id", name="pk_rendering"),
    )
    for table in ("simulation", "rendering"):
        op.create_index(f"ix_{table}_universe_id", table, ["universe_id"])
        op.create_index(f"ix_{table}_organization_id", table, ["organization_id"])


def _create_visualization() -> None:
    op.create_table(
        "visualization",
        sa.Column("visualization_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("project_id", Id, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("spec", Json, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("visualization_id", name="pk_visualization"),
    )
    columns = ["organization_id", "visualization_id"]
    op.create_index("ix_visualization_organization_id_visualization_id", "visualization", columns)
    op.create_index("ix_visualization_project_id", "visualization", ["project_id"])


def _create_export() -> None:
    op.create_table(
        "export",
        sa.Column("export_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("universe_id", Id, nullable=False),
        sa.Column("universe_revision", sa.Integer, nullable=False),
        sa.Column("rendering_id", Id, nullable=False),
        sa.Column("actor_id", sa.String(80), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("inputs_digest", sa.String(64), nullable=True),
        sa.Column("formats", Json, nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("problem", Json, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("export_id", name="pk_export"),
    )
    op.create_index("ix_export_universe_id", "export", ["universe_id"])
    op.create_index("ix_export_organization_id_export_id", "export", ["organization_id", "export_id"])
    op.create_index("ix_export_organization_id_inputs_digest", "export", ["organization_id", "inputs_digest"])


def _create_import() -> None:
    op.create_table(
        "import",
        sa.Column("import_id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("project_id", Id, nullable=False),
        sa.Column("actor_id", sa.String(80), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("universe_id", Id, nullable=True),
        sa.Column("soundscape_id", Id, nullable=True),
        sa.Column("problem", Json, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("import_id", name="pk_import"),
    )
    op.create_index("ix_import_organization_id_import_id", "import", ["organization_id", "import_id"])


def downgrade() -> None:
    for table in ("import", "export", "visualization", "rendering", "simulation"):
        op.drop_table(table)
    chassis_v1_downgrade()
