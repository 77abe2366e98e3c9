"""Erased users and deleted organizations are remembered."""

from harmonic_chassis.migrations import chassis_v3_downgrade, chassis_v3_upgrade

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The third version of the chassis tables."""
    chassis_v3_upgrade()


def downgrade() -> None:
    """The second."""
    chassis_v3_downgrade()
