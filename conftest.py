"""Fixtures for the whole house, and which worker of a parallel run takes which test."""

import pytest

from harmonic_chassis import threads

threads.pin()  # before any test imports numpy: threads that fight for two cores make rendering ten times slower

pytest_plugins = ["harmonic_chassis.testing.plugin"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """One worker takes every test on PostgreSQL, so that a server's usual hundred connections are enough and the
    twelve processes are started once. The others go round by file."""
    item.add_marker(pytest.mark.xdist_group("servers" if _order(item) < 2 else item.nodeid.split("::")[0]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests on PostgreSQL come first, those of the twelve processes last among them."""
    items.sort(key=_order)


def _order(item: pytest.Item) -> int:
    fixtures = getattr(item, "fixturenames", ())
    if "distributed" in fixtures or "[distributed" in item.nodeid:
        return 1
    return 0 if item.get_closest_marker("postgres") or "postgres_urls" in fixtures else 2
