"""The Alembic environment: the shared one."""

from harmonic_chassis.migrations.env import run

run()
