"""A bench of jobs on each database."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from harmonic_chassis.database import Database
from harmonic_chassis.tables import metadata
from harmonic_chassis.testing import postgres
from harmonic_chassis.testing.job_bench import JobBench
from harmonic_chassis.testing.servers import Server, blocking


async def _create(url: str) -> None:
    database = Database.from_url(url, service="physics")
    async with database.writer.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()


@pytest.fixture(scope="session")
def _postgres_database(_servers: Callable[[str], Server]) -> Iterator[str]:
    """One database for all tests of jobs, emptied by each."""
    with postgres.database(_servers("PostgreSQL")) as url:
        blocking(_create(url))
        yield url


@asynccontextmanager
async def _opened(url: str, folder: Path) -> AsyncIterator[JobBench]:
    bench = JobBench(url, folder)
    if bench.db.dialect == "postgresql":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        async with bench.db.writer.begin() as connection:
            await connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    else:
        await _create(url)
    await bench.db.start()
    try:
        yield bench
    finally:
        await bench.db.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[JobBench]:
    """Jobs on an empty database; the test runs once with each kind."""
    kind = "_postgres_database" if request.param == "postgres" else "sqlite_url"
    async with _opened(request.getfixturevalue(kind), tmp_path) as opened:
        yield opened


@pytest.fixture
async def own_bench(sqlite_url: str, tmp_path: Path) -> AsyncIterator[JobBench]:
    """Jobs on a database that one process at a time writes."""
    async with _opened(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def shared_bench(_postgres_database: str, tmp_path: Path) -> AsyncIterator[JobBench]:
    """Jobs on a database that several processes may write."""
    async with _opened(_postgres_database, tmp_path) as opened:
        yield opened
