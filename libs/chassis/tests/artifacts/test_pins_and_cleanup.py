"""Pins, grants and cleanup: what somebody needs stays, what nobody needs goes, and only those who may read can."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from harmonic_chassis.artifacts import Artifacts, find, readable
from harmonic_chassis.artifacts.artifacts import key_of
from harmonic_chassis.cleanup import Keep, clean
from harmonic_chassis.database import Database
from harmonic_chassis.ids import new_id
from harmonic_chassis.readers import Reader
from harmonic_chassis.tables import metadata
from harmonic_chassis.tables.artifacts import artifact, artifact_grant, artifact_pin
from harmonic_chassis.tables.edge import idempotency
from harmonic_chassis.tables.jobs import job
from harmonic_chassis.testing.job_bench import Count
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.roles import Role

MINE = "0190a000-0000-7000-8000-000000000001"
OTHER = "0190a000-0000-7000-8000-000000000002"
AT_ONCE = Keep(timedelta(seconds=-1), timedelta(seconds=-1), timedelta(seconds=-1), timedelta(seconds=-1))


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database.from_url(f"sqlite+aiosqlite:///{tmp_path}/physics.db", service="physics")
    async with made.writer.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.close()


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts.open("physics", (tmp_path / "store").as_uri(), tmp_path / "cache")


async def kept(db: Database, ref: ArtifactRef, holder: str, *, public: bool = False) -> None:
    async with db.transaction() as uow:
        await uow.keep(ref, holder=holder, organization_id=MINE, public=public)


def member(organization_id: str, user_id: str = "somebody", role: Role = Role.EDITOR) -> Reader:
    """A member of one organization."""
    return Reader.of(user_id, {organization_id: role})


async def released(db: Database, holder: str) -> None:
    async with db.transaction() as uow:
        await uow.release(holder)


async def test_only_the_holders_organization_reads_it(db: Database, artifacts: Artifacts) -> None:
    """An artifact that is kept is readable for its organization alone."""
    ref = await artifacts.put_bytes(b"mine", "text/plain")
    await kept(db, ref, "simulation/1")
    async with db.reading() as session:
        assert await find(session, ref.sha256) == ref
        assert await readable(session, ref.sha256, member(MINE))
        assert not await readable(session, ref.sha256, member(OTHER))
        assert not await readable(session, "0" * 64, member(MINE))


async def test_public_can_be_given_and_taken_back(db: Database, artifacts: Artifacts) -> None:
    """Keeping it again with another visibility changes who reads it."""
    ref = await artifacts.put_bytes(b"public", "text/plain")
    for public in (True, False):
        await kept(db, ref, "simulation/1", public=public)
        async with db.reading() as session:
            assert await readable(session, ref.sha256, member(OTHER)) is public


async def test_an_owned_artifact_is_its_owners_and_the_governors(db: Database, artifacts: Artifacts) -> None:
    """What is kept with an owner is read by that user and by who governs, in that organization alone, until it is kept
    without one."""
    ref = await artifacts.put_bytes(b"private", "text/plain")
    async with db.transaction() as uow:
        await uow.owned_by("maker").keep(ref, holder="simulation/1", organization_id=MINE)
    async with db.reading() as session:
        assert await readable(session, ref.sha256, member(MINE, "maker"))
        assert await readable(session, ref.sha256, member(MINE, "chief", Role.ADMIN))
        assert not await readable(session, ref.sha256, member(MINE))
        assert not await readable(session, ref.sha256, member(OTHER, "maker", Role.OWNER))
    await kept(db, ref, "simulation/1")
    async with db.reading() as session:
        assert await readable(session, ref.sha256, member(MINE))
        assert not await readable(session, ref.sha256, member(OTHER, "maker"))


async def test_keeping_twice_is_keeping_once(db: Database, artifacts: Artifacts) -> None:
    """A repeated completion pins once and is released at once."""
    ref = await artifacts.put_bytes(b"twice", "text/plain")
    for _ in range(2):
        await kept(db, ref, "simulation/1")
    await released(db, "simulation/1")
    async with db.reading() as session:
        for table in (artifact_pin, artifact_grant):
            assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_cleanup_takes_only_what_no_holder_pins(db: Database, artifacts: Artifacts) -> None:
    """With two holders the artifact stays until the second lets go; then row and bytes are gone."""
    ref = await artifacts.put_bytes(b"shared", "text/plain")
    for holder in ("simulation/1", "simulation/2"):
        await kept(db, ref, holder)
    await released(db, "simulation/1")
    assert (await clean(db, artifacts, AT_ONCE)).artifacts == 0
    assert await artifacts.size(ref.sha256) == 6
    await released(db, "simulation/2")
    assert (await clean(db, artifacts, AT_ONCE)).artifacts == 1
    assert await artifacts.size(ref.sha256) is None
    async with db.reading() as session:
        assert await session.scalar(select(artifact.c.sha256)) is None


async def test_cleanup_gives_a_day_of_grace(db: Database, artifacts: Artifacts) -> None:
    """What was put or released just now stays: its pin may be about to be committed."""
    ref = await artifacts.put_bytes(b"fresh", "text/plain")
    await kept(db, ref, "simulation/1")
    await released(db, "simulation/1")
    await artifacts.put_bytes(b"unregistered", "text/plain")
    assert set((await clean(db, artifacts)).counts().values()) == {0}


async def test_blobs_that_were_never_registered_go(db: Database, artifacts: Artifacts) -> None:
    """A blob whose job was killed before its transaction is removed, a registered one beside it is not."""
    kept_ref = await artifacts.put_bytes(b"registered", "text/plain")
    lost = await artifacts.put_bytes(b"lost", "text/plain")
    await kept(db, kept_ref, "simulation/1")
    for ref in (kept_ref, lost):
        assert artifacts.blobs.folder is not None
        os.utime(artifacts.blobs.folder / key_of(ref.sha256), (0, 0))
    done = await clean(db, artifacts)
    assert (done.blobs, done.artifacts) == (1, 0)
    assert await artifacts.size(lost.sha256) is None and await artifacts.size(kept_ref.sha256) == 10


async def test_old_rows_and_left_checkpoints_go_and_live_ones_stay(db: Database, artifacts: Artifacts) -> None:
    """Ended jobs and idempotency rows go after their time; checkpoints go when their job has ended, never before."""
    async with db.transaction() as uow:
        alive = await uow.submit("physics.count", Count(), organization_id=MINE)
        ended = await uow.submit("physics.count", Count(), organization_id=MINE)
        values = {"state": "succeeded", "ended_at": db.clock.now()}
        await uow.session.execute(job.update().where(job.c.job_id == ended).values(values))
        row = {"caller": "u", "key": new_id(), "digest": "0" * 64, "created_at": db.clock.now()}
        await uow.session.execute(insert(idempotency).values(row))
    for job_id in (alive, ended):
        await artifacts.blobs.put(f"checkpoints/{job_id}/{'0' * 64}", b"state")
    done = await clean(db, artifacts, AT_ONCE)
    assert (done.jobs, done.idempotency_rows, done.checkpoints) == (1, 1, 1)
    assert await artifacts.blobs.get(f"checkpoints/{alive}/{'0' * 64}") == b"state"


async def test_cleanup_twice_is_cleanup_once(db: Database, artifacts: Artifacts) -> None:
    """A repeated cleanup finds nothing more."""
    await artifacts.put_bytes(b"lost", "text/plain")
    assert (await clean(db, artifacts, AT_ONCE)).blobs == 1
    assert set((await clean(db, artifacts, AT_ONCE)).counts().values()) == {0}
