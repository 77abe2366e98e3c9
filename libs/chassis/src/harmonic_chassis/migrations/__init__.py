"""Building blocks of the services' migration histories.

The chassis has no history of its own: each service creates the chassis tables in its history, so in its
``0001_initial.py``::

    def upgrade() -> None:
        chassis_v1_upgrade()
        op.create_table(...)

A later version is a migration of each service that calls ``chassis_v2_upgrade()``.
"""

from harmonic_chassis.migrations.v1 import artifacts, edge, event_path, jobs
from harmonic_chassis.migrations.v2 import jobs as jobs_v2
from harmonic_chassis.migrations.v3 import edge as edge_v3

_ROOMS_V1 = (event_path, jobs, artifacts, edge)


def chassis_v1_upgrade() -> None:
    """Create the first version of all chassis tables."""
    for room in _ROOMS_V1:
        room.upgrade()


def chassis_v1_downgrade() -> None:
    """Drop them, in reverse."""
    for room in reversed(_ROOMS_V1):
        room.downgrade()


def chassis_v2_upgrade() -> None:
    """From the first version to the second."""
    jobs_v2.upgrade()


def chassis_v2_downgrade() -> None:
    """Back to the first version."""
    jobs_v2.downgrade()


def chassis_v3_upgrade() -> None:
    """From the second version to the third."""
    edge_v3.upgrade()


def chassis_v3_downgrade() -> None:
    """Back to the second version."""
    edge_v3.downgrade()


__all__ = [
    "chassis_v1_downgrade",
    "chassis_v1_upgrade",
    "chassis_v2_downgrade",
    "chassis_v2_upgrade",
    "chassis_v3_downgrade",
    "chassis_v3_upgrade",
]
