"""The gateway's database: its history runs up and down, and the models are what it makes."""

from harmonic_chassis import migrate
from harmonic_gateway.service import service


async def test_up_down_up_leaves_no_drift(database_url: str) -> None:
    """On SQLite and PostgreSQL."""
    await migrate.upgrade(database_url, service)
    assert await migrate.drift(database_url, service) == []
    await migrate.downgrade(database_url, service)
    await migrate.upgrade(database_url, service)
    await migrate.verify(database_url, service)
