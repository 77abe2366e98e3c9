"""A bench of jobs on each database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harmonic_chassis.tables import metadata
from harmonic_chassis.testing.job_bench import JobBench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[JobBench]:
    """Jobs on a fresh database."""
    url = f"sqlite+aiosqlite:///{tmp_path}/physics.db"
    made = JobBench(url, tmp_path)
    async with made.db.writer.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.db.close()
