"""The physics database's history runs up and down, and gives what the tables say."""

from harmonic_chassis import migrate
from harmonic_physics.service import service


async def test_migrations_run_up_and_down_without_drift(database_url: str) -> None:
    """On both databases: up, no difference from the models, down to nothing, and up again."""
    await migrate.upgrade(database_url, service)
    assert await migrate.drift(database_url, service) == []
    await migrate.downgrade(database_url, service)
    await migrate.upgrade(database_url, service)
    assert await migrate.drift(database_url, service) == []
