"""A bench of jobs on each database."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from harmonic_chassis.ids import new_id
from harmonic_chassis.tables import metadata
from harmonic_chassis.testing.job_bench import JobBench

SERVER = os.environ.get("HARMONIC_TEST_DATABASE_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres")


@asynccontextmanager
async def postgres_database() -> AsyncIterator[str]:
    """The URL of a database of our own, gone afterwards."""
    admin = make_url(SERVER).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        server = await asyncpg.connect(admin, timeout=3)
    except OSError as error:
        pytest.skip(f"no PostgreSQL answers: {error}")
    name = f"harmonic_jobs_{new_id().replace('-', '')}"
    await server.execute(f"CREATE DATABASE {name}")
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[JobBench]:
    """Jobs on a fresh database."""
    url = f"sqlite+aiosqlite:///{tmp_path}/physics.db"
    async with AsyncExitStack() as stack:
        if request.param == "postgres":
            url = await stack.enter_async_context(postgres_database())
        made = JobBench(url, tmp_path)
        stack.push_async_callback(made.db.close)
        async with made.db.writer.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await made.db.start()
        yield made
