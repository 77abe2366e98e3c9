"""Promises of every service's migrations: up, down and up again on both databases, and no drift from the models."""

import pytest

from harmonic_chassis import migrate
from harmonic_chassis.main import NAMES, load_service


@pytest.mark.parametrize("name", NAMES)
async def test_migrations_go_up_and_down_without_drift(name: str, database_url: str) -> None:
    """The migrated schema is what the models say, and can be taken down and built again."""
    service = load_service(name)
    await migrate.upgrade(database_url, service)
    assert await migrate.drift(database_url, service) == []
    await migrate.downgrade(database_url, service)
    assert await migrate.current(database_url, service) == ()
    await migrate.upgrade(database_url, service)
    await migrate.verify(database_url, service)
