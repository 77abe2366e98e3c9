"""Scheduled care: signing keys turn over, and what has run out is taken away."""

import logging
from typing import Any, ClassVar

from harmonic_chassis.jobs import NO_WORK, JobContext, JobKind, Schedule, Work
from harmonic_chassis.jobs.schedule import NoPayload
from harmonic_chassis.uow import UnitOfWork
from harmonic_organization.application.cleanup import Swept, sweep
from harmonic_organization.application.desk import desk_of

HOUR_S = 3600.0
log = logging.getLogger(__name__)


class TurnKeys(JobKind[NoPayload, list[str]]):
    """Makes the next signing key when it is due, and drops those that no token needs."""

    kind: ClassVar[str] = "organization.turn_keys"
    payload: ClassVar[type[NoPayload]] = NoPayload

    async def prepare(self, job: JobContext[NoPayload]) -> Work:
        return NO_WORK

    async def finish(self, job: JobContext[NoPayload], work: Work) -> list[str]:
        return await desk_of(job.chassis).keyring.turn()

    async def complete(self, job: JobContext[NoPayload], result: list[str], uow: UnitOfWork) -> dict[str, Any]:
        if result:
            log.info("signing keys turned", extra={"done": result})
        return {"done": list(result)}


class Cleanup(JobKind[NoPayload, Swept]):
    """Takes away sessions, API keys and counts of attempts that have run out."""

    kind: ClassVar[str] = "organization.cleanup"
    payload: ClassVar[type[NoPayload]] = NoPayload

    async def prepare(self, job: JobContext[NoPayload]) -> Work:
        return NO_WORK

    async def finish(self, job: JobContext[NoPayload], work: Work) -> Swept:
        return await sweep(desk_of(job.chassis))

    async def complete(self, job: JobContext[NoPayload], result: Swept, uow: UnitOfWork) -> dict[str, Any]:
        return result.model_dump()


def kinds() -> list[JobKind[Any, Any]]:
    """The kinds of work of this service."""
    return [TurnKeys(), Cleanup()]


SCHEDULES = (
    Schedule("turn-keys", every_s=HOUR_S, kind=TurnKeys.kind),
    Schedule("organization-cleanup", every_s=HOUR_S, kind=Cleanup.kind),
)
