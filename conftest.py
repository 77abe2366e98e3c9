"""Fixtures for the whole house."""

pytest_plugins = ["harmonic_chassis.testing.plugin"]
