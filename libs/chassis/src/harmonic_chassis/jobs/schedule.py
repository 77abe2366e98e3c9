"""Scheduled work: a job submitted every so often, once for all the processes of a service."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel
from sqlalchemy import func, select, update

from harmonic_chassis.database import Database
from harmonic_chassis.dialects import insert
from harmonic_chassis.dialects.times import shared_now
from harmonic_chassis.jobs.submission import SYSTEM_ORGANIZATION, submit
from harmonic_chassis.tables.jobs import job, schedule
from harmonic_chassis.uow import UnitOfWork


class NoPayload(BaseModel):
    """A job that needs to be told nothing."""


@dataclass(frozen=True)
class Schedule:
    """Work that is due every `every_s` seconds; not while the last run is still under way. The first is due one period
    after the schedule was first seen, so that a start does no care."""

    name: str
    every_s: float
    kind: str
    payload: BaseModel = field(default_factory=NoPayload)


async def submit_due(db: Database, schedules: Sequence[Schedule]) -> datetime | None:
    """Submit what is due; returns when the next one is."""
    if not schedules:
        return None
    async with db.reading() as session:
        now = await shared_now(session, db.clock)
        known = dict((await session.execute(select(schedule.c.name, schedule.c.due_at))).all())
    for each in schedules:
        if each.name not in known or known[each.name] <= now:
            async with db.transaction() as uow:
                await _advance(uow, each, now)
    async with db.reading() as session:
        names = [each.name for each in schedules]
        following: datetime | None = await session.scalar(
            select(func.min(schedule.c.due_at)).where(schedule.c.name.in_(names))
        )
        return following


async def _advance(uow: UnitOfWork, each: Schedule, now: datetime) -> None:
    following = now + timedelta(seconds=each.every_s)
    row = insert(uow.session, schedule).values(name=each.name, due_at=following).on_conflict_do_nothing()
    await uow.session.execute(row)
    mine = update(schedule).where(schedule.c.name == each.name, schedule.c.due_at <= now)
    taken = await uow.session.execute(mine.values(due_at=following).returning(schedule.c.job_id))
    turn = taken.one_or_none()
    if turn is None or await _under_way(uow, turn.job_id):
        return
    job_id = await submit(uow, each.kind, each.payload, organization_id=SYSTEM_ORGANIZATION, public=False)
    await uow.session.execute(update(schedule).where(schedule.c.name == each.name).values(job_id=job_id))


async def _under_way(uow: UnitOfWork, job_id: str | None) -> bool:
    asked = select(job.c.job_id).where(job.c.job_id == job_id, job.c.ended_at.is_(None))
    return job_id is not None and await uow.session.scalar(asked) is not None
