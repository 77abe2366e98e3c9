"""Fixtures for the whole house, and which worker of a parallel run takes which test."""

import pytest

from harmonic_chassis import threads

threads.pin()  # before any test imports numpy: threads that fight for two cores make rendering ten times slower

pytest_plugins = ["harmonic_chassis.testing.plugin"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker takes every test of the twelve processes, so that they are started once; it begins with them."""
    for item in items:
        group = "distributed" if _is_distributed(item) else item.nodeid.split("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: not _is_distributed(item))


def _is_distributed(item: pytest.Item) -> bool:
    return "distributed" in getattr(item, "fixturenames", ()) or "[distributed" in item.nodeid
