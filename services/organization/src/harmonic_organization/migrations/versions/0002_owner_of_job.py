"""Jobs have an owner where they are not every member's."""

from harmonic_chassis.migrations import chassis_v2_downgrade, chassis_v2_upgrade

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The second version of the chassis tables."""
    chassis_v2_upgrade()


def downgrade() -> None:
    """The first."""
    chassis_v2_downgrade()
