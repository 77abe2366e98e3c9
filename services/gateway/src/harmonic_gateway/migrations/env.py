"""The gateway's migrations run in the house's shared environment."""

from harmonic_chassis.migrations.env import run

run()
