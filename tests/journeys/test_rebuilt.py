"""Projections of separate services, made anew from the logs that the others serve by HTTP."""

import asyncio
import os
import sys

import pytest
from sqlalchemy import delete

from harmonic_chassis.database import Database
from harmonic_chassis.main import NAMES, load_service
from harmonic_chassis.projections import projection_hash, projections_of
from harmonic_standalone.testing import SHORT, SMALL, DistributedPlatform, signed_up

pytestmark = [pytest.mark.postgres, pytest.mark.rabbit]


async def test_each_service_rebuilds_its_projections_from_the_others_logs(distributed: DistributedPlatform) -> None:
    """On PostgreSQL, with the platform running: the projections of every service are emptied, and `rebuild` makes
    them anew over HTTP, to the same hash."""
    async with signed_up(distributed.url) as player:
        universe = await player.universe(SMALL, SHORT)
        await player.perform(universe.universe_id)
        await distributed.ledger.settled()
        for name in NAMES:
            before = await _hash(distributed, name)
            assert await _hash(distributed, name, emptied=True) != before or not projections_of(load_service(name))
            code, text = await _rebuild(distributed, name)
            assert code == 0, text
            assert await _hash(distributed, name) == before, name
        assert await player.perform(universe.universe_id)


async def _hash(platform: DistributedPlatform, name: str, *, emptied: bool = False) -> str:
    """The hash of a service's projections; after deleting every row of them where it says so."""
    service = load_service(name)
    db = Database.from_url(platform.databases[name], service=name)
    try:
        async with db.transaction() as uow:
            if emptied:
                for each in projections_of(service):
                    gone = delete(each.table)
                    await uow.session.execute(gone if each.only is None else gone.where(each.only))
            return await projection_hash(uow.session, projections_of(service))
    finally:
        await db.close()


async def _rebuild(platform: DistributedPlatform, name: str) -> tuple[int | None, str]:
    """The command, as an operator gives it: its exit code, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "harmonic_chassis", "rebuild", name),
        cwd=platform.folder,
        env={**os.environ, **platform.programs[name].environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()[-3000:]
