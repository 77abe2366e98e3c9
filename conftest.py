"""Fixtures for the whole house."""

import os

import pytest
from hypothesis import HealthCheck, settings

from harmonic_chassis import threads

threads.pin()  # before any test imports numpy: threads that fight for two cores make rendering ten times slower

if not os.environ.get("CI"):  # where that is set, Hypothesis takes a profile of its own, with the same patience
    settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("house")

pytest_plugins = ["harmonic_chassis.testing.plugin"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the twelve processes: they run by themselves, so that the processes are started once, and a
    server's usual hundred connections are enough."""
    for item in items:
        if "distributed" in getattr(item, "fixturenames", ()) or "distributed]" in item.nodeid:
            item.add_marker(pytest.mark.distributed)
