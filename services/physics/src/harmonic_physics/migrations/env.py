"""Alembic runs this file; the way is the same for every service."""

from harmonic_chassis.migrations.env import run

run()
