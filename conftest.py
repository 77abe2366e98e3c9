"""Fixtures for the whole house."""

from harmonic_chassis import threads

threads.pin()  # before any test imports numpy: threads that fight for two cores make rendering ten times slower

pytest_plugins = ["harmonic_chassis.testing.plugin"]
