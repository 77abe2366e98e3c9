"""What waits: when the next job is due, which organizations wait, and who gives way to them."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from harmonic_chassis.database import Database
from harmonic_chassis.dialects.times import shared_now
from harmonic_chassis.tables.jobs import job
from harmonic_contracts.operations import OperationState

if TYPE_CHECKING:
    from harmonic_chassis.jobs.run import Run

CONTENDED_S = 0.1
SLICE_S = 0.3
"""A run lasts at least so long before it gives way to a job that has not begun,"""
LONG_SLICE_S = 5.0
"""and so long before it gives way to one that gave way itself: taking turns has its price."""

_QUEUED = job.c.state == OperationState.QUEUED.value
_RUNNING = job.c.state == OperationState.RUNNING.value


@dataclass(frozen=True)
class Waiting:
    """Who has due jobs without a worker, and who has workers."""

    organizations: dict[str, bool]
    """Organization -> whether one of its waiting jobs has not begun yet."""
    running: dict[str, int]


async def waiting(db: Database, kinds: Collection[str]) -> Waiting:
    """The state of the whole service, not only of this process."""
    fresh = func.count().filter(job.c.started_at.is_(None))
    async with db.reading() as session:
        now = await shared_now(session, db.clock)
        due = select(job.c.organization_id, fresh).where(_QUEUED, job.c.due_at <= now, job.c.kind.in_(kinds))
        queued = (await session.execute(due.group_by(job.c.organization_id))).all()
        busy = select(job.c.organization_id, func.count()).where(_RUNNING).group_by(job.c.organization_id)
        running = (await session.execute(busy)).all()
    return Waiting({organization: count > 0 for organization, count in queued}, dict(running))


def who_gives_way(runs: Sequence["Run"], now: Waiting) -> "Run | None":
    """The run that should make room, if any: of the organization with the most workers, the one that has run longest.
    An organization gives way only to one with fewer workers, and one run at a time."""
    if any(run.giving_way for run in runs):
        return None
    ticking = [run for run in runs if run.ticking]
    ticking.sort(key=lambda run: (-now.running.get(run.claimed.organization_id, 0), run.began))
    for run in ticking:
        mine, age = run.claimed.organization_id, time.monotonic() - run.began
        for other, fresh in now.organizations.items():
            fewer = now.running.get(other, 0) < now.running.get(mine, 0)
            if other != mine and fewer and age >= (SLICE_S if fresh else LONG_SLICE_S):
                return run
    return None


async def seconds_to_next(
    db: Database, kinds: Collection[str], next_schedule: datetime | None, *, most: float
) -> float:
    """How long a worker with free hands may sleep: until the next job is due, the next lease passes, or the next
    schedule comes."""
    async with db.reading() as session:
        now = await shared_now(session, db.clock)
        mine = job.c.kind.in_(kinds)
        moments: list[datetime | None] = [
            await session.scalar(select(func.min(job.c.due_at)).where(_QUEUED, mine)),
            await session.scalar(select(func.min(job.c.lease_until)).where(_RUNNING, mine)),
            next_schedule,
        ]
    seconds = [(moment - now).total_seconds() for moment in moments if moment is not None]
    return max(0.02, min([most, *seconds]))
