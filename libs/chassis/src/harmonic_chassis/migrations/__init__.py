"""Building blocks of the services' migration histories.

The chassis has no history of its own: each service creates the chassis tables in its history, so in its
``0001_initial.py``::

    def upgrade() -> None:
        chassis_v1_upgrade()
        op.create_table(...)
"""

from harmonic_chassis.migrations.v1 import artifacts, edge, event_path, jobs

_ROOMS_V1 = (event_path, jobs, artifacts, edge)


def chassis_v1_upgrade() -> None:
    """Create the first version of all chassis tables."""
    for room in _ROOMS_V1:
        room.upgrade()


def chassis_v1_downgrade() -> None:
    """Drop them, in reverse."""
    for room in reversed(_ROOMS_V1):
        room.downgrade()


__all__ = ["chassis_v1_downgrade", "chassis_v1_upgrade"]
