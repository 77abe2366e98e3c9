"""Removing what nobody needs any more: artifacts without a pin, old idempotency rows, ended jobs, stale local copies.

Safe to repeat and to run beside everything else. A blob that was put and not yet pinned has a day of grace.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select

from harmonic_chassis.artifacts import Artifacts
from harmonic_chassis.artifacts.artifacts import FOLDER as ARTIFACTS
from harmonic_chassis.artifacts.artifacts import key_of
from harmonic_chassis.artifacts.blobs import BlobInfo
from harmonic_chassis.database import Database
from harmonic_chassis.jobs.checkpoints import FOLDER as CHECKPOINTS
from harmonic_chassis.tables.artifacts import artifact, artifact_pin
from harmonic_chassis.tables.edge import idempotency
from harmonic_chassis.tables.jobs import job

BATCH = 200


@dataclass(frozen=True)
class Keep:
    """For how long each kind of thing stays."""

    unpinned_artifacts: timedelta = timedelta(days=1)
    idempotency_rows: timedelta = timedelta(days=1)
    ended_jobs: timedelta = timedelta(days=30)
    fetched_copies: timedelta = timedelta(days=7)


@dataclass
class Cleaned:
    """How much was removed."""

    artifacts: int = 0
    blobs: int = 0
    idempotency_rows: int = 0
    jobs: int = 0
    checkpoints: int = 0
    fetched_copies: int = 0

    def counts(self) -> dict[str, int]:
        return asdict(self)


async def clean(db: Database, artifacts: Artifacts, keep: Keep | None = None) -> Cleaned:
    """Remove all that is past its time; returns how much."""
    terms, now = keep or Keep(), db.clock.now()
    done = Cleaned()
    done.artifacts = await _unpinned(db, artifacts, now - terms.unpinned_artifacts)
    done.blobs = await _unregistered(db, artifacts, now - terms.unpinned_artifacts)
    done.checkpoints = await _checkpoints(db, artifacts, now - terms.unpinned_artifacts)
    done.jobs = await _ended_jobs(db, now - terms.ended_jobs)
    done.idempotency_rows = await _idempotency(db, now - terms.idempotency_rows)
    done.fetched_copies = await asyncio.to_thread(_fetched, artifacts, now - terms.fetched_copies)
    return done


async def _unpinned(db: Database, artifacts: Artifacts, before: datetime) -> int:
    """Registered artifacts that nobody pins. The row is locked while the blob goes, so a pin comes before or after."""
    pinned = exists().where(artifact_pin.c.sha256 == artifact.c.sha256)
    old = (artifact.c.kept_at < before) & ~pinned
    removed = 0
    async with db.reading() as session:
        found = (await session.scalars(select(artifact.c.sha256).where(old))).all()
    for sha256 in found:
        async with db.transaction() as uow:
            still = select(artifact.c.producer).where(old, artifact.c.sha256 == sha256)
            producer = await uow.session.scalar(still.with_for_update())
            if producer is None:
                continue
            if producer == artifacts.service and await _old(artifacts, key_of(sha256), before):
                await artifacts.blobs.delete(key_of(sha256))
            await uow.session.execute(delete(artifact).where(artifact.c.sha256 == sha256))
            removed += 1
    return removed


async def _unregistered(db: Database, artifacts: Artifacts, before: datetime) -> int:
    """Blobs that were put and never registered: their job was killed between the two."""
    removed = 0
    async for batch in _old_batches(artifacts, ARTIFACTS, before):
        names = {blob.key.rsplit("/", 1)[1]: blob.key for blob in batch}
        async with db.reading() as session:
            known = set((await session.scalars(select(artifact.c.sha256).where(artifact.c.sha256.in_(names)))).all())
        for name in names.keys() - known:
            await artifacts.blobs.delete(names[name])
            removed += 1
    return removed


async def _checkpoints(db: Database, artifacts: Artifacts, before: datetime) -> int:
    """Checkpoints of jobs that have ended, left by a worker that was killed or too late."""
    removed = 0
    async for batch in _old_batches(artifacts, CHECKPOINTS, before):
        owners = {blob.key: blob.key.split("/")[1] for blob in batch}
        asked = select(job.c.job_id).where(job.c.job_id.in_(set(owners.values())), job.c.ended_at.is_(None))
        async with db.reading() as session:
            alive = set((await session.scalars(asked)).all())
        for key, job_id in owners.items():
            if job_id not in alive:
                await artifacts.blobs.delete(key)
                removed += 1
    return removed


async def _ended_jobs(db: Database, before: datetime) -> int:
    async with db.transaction() as uow:
        return len(
            (await uow.session.execute(delete(job).where(job.c.ended_at < before).returning(job.c.job_id))).all()
        )


async def _idempotency(db: Database, before: datetime) -> int:
    async with db.transaction() as uow:
        old = delete(idempotency).where(idempotency.c.created_at < before).returning(idempotency.c.key)
        return len((await uow.session.execute(old)).all())


def _fetched(artifacts: Artifacts, before: datetime) -> int:
    """Local copies of others' artifacts that were not used for long; they can be fetched again."""
    removed = 0
    for path in artifacts.fetched.folder.glob("*/*"):
        if path.stat().st_mtime < before.timestamp() and path.suffix in {"", ".part"}:
            for marker in path.parent.glob(f"{path.name}.*"):
                marker.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            removed += 1
    return removed


async def _old(artifacts: Artifacts, key: str, before: datetime) -> bool:
    info = await artifacts.blobs.info(key)
    return info is not None and info.modified_at < before


async def _old_batches(artifacts: Artifacts, prefix: str, before: datetime) -> AsyncIterator[list[BlobInfo]]:
    batch: list[BlobInfo] = []
    async for blob in artifacts.blobs.list(prefix):
        if blob.modified_at < before:
            batch.append(blob)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
