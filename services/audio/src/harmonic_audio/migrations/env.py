"""Runs this history; everything is shared with the other services."""

from harmonic_chassis.migrations.env import run

run()
