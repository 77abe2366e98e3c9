"""The migration history: up and down on both databases, and no drift from the models."""

from harmonic_audio.service import service
from harmonic_chassis import migrate


async def test_history_runs_both_ways_without_drift(database_url: str) -> None:
    """Head equals the models; base is empty; head can be reached again."""
    await migrate.upgrade(database_url, service)
    assert await migrate.drift(database_url, service) == []
    await migrate.downgrade(database_url, service)
    await migrate.upgrade(database_url, service)
    assert await migrate.drift(database_url, service) == []
