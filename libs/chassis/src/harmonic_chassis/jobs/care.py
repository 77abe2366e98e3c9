"""The chassis' own scheduled work: removing what nobody needs any more."""

from typing import Any

from harmonic_chassis.cleanup import Cleaned, clean
from harmonic_chassis.jobs.kinds import NO_WORK, JobContext, JobKind, Work
from harmonic_chassis.jobs.schedule import NoPayload, Schedule
from harmonic_chassis.uow import UnitOfWork

HOUR_S = 3600.0


class Cleanup(JobKind[NoPayload, Cleaned]):
    """Expired artifacts, idempotency rows, ended jobs, stale local copies."""

    kind = "chassis.cleanup"
    payload = NoPayload

    async def prepare(self, job: JobContext[NoPayload]) -> Work:
        return NO_WORK

    async def finish(self, job: JobContext[NoPayload], work: Work) -> Cleaned:
        return await clean(job.chassis.db, job.chassis.artifacts)

    async def complete(self, job: JobContext[NoPayload], result: Cleaned, uow: UnitOfWork) -> dict[str, Any]:
        return result.counts()


KINDS: tuple[JobKind[Any, Any], ...] = (Cleanup(),)
SCHEDULES = (Schedule("chassis.cleanup", 6 * HOUR_S, Cleanup.kind),)
