"""Previews go an hour after their rendering has ended: by then the master is there, or there will be none."""

from datetime import timedelta
from typing import Any, ClassVar, Final

from harmonic_audio.store.tables import RenderingRow
from harmonic_chassis.jobs import NO_WORK, JobContext, JobKind, Schedule, Work
from harmonic_chassis.jobs.schedule import NoPayload
from harmonic_chassis.service import Chassis
from harmonic_chassis.uow import UnitOfWork

FOLDER: Final = "previews"
HOUR_S: Final = 3600.0
KEEP: Final = timedelta(hours=1)


class PreviewCleanup(JobKind[NoPayload, int]):
    """Removes the pieces of renderings that have ended or are gone."""

    kind: ClassVar[str] = "audio.previews"
    payload: ClassVar[type[NoPayload]] = NoPayload

    async def prepare(self, job: JobContext[NoPayload]) -> Work:
        return NO_WORK

    async def finish(self, job: JobContext[NoPayload], work: Work) -> int:
        return await clean(job.chassis)

    async def complete(self, job: JobContext[NoPayload], result: int, uow: UnitOfWork) -> dict[str, Any]:
        return {"previews": result}


async def clean(chassis: Chassis, keep: timedelta = KEEP) -> int:
    """Remove the previews of renderings that ended so long ago, or are gone; returns how many."""
    blobs, before = chassis.artifacts.blobs, chassis.clock.now() - keep
    old = {blob.key.split("/")[1] async for blob in blobs.list(f"{FOLDER}/") if blob.modified_at < before}
    async with chassis.db.reading() as session:
        rows = [(await session.get(RenderingRow, name), name) for name in sorted(old)]
    over = [name for row, name in rows if row is None or (row.ended_at is not None and row.ended_at < before)]
    for name in over:
        await blobs.delete_below(f"{FOLDER}/{name}")
    return len(over)


SCHEDULES: Final = (Schedule("audio-previews", every_s=HOUR_S, kind=PreviewCleanup.kind),)
