"""Queries and changes of sweeps: points are claimed one by one, by any worker, and done once."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.database import Database
from harmonic_chassis.jobs import cancel
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.operations import OperationState
from harmonic_physics.store.tables import Sweep, SweepPoint

STALE = timedelta(seconds=30)
"""A point that another worker claimed and has not told of for so long may be taken over: it comes out the same."""


def holder_of_sweep(sweep_id: str) -> str:
    """Who pins a sweep's table."""
    return f"sweep/{sweep_id}"


async def claim(db: Database, sweep_id: str, worker: str, now: datetime) -> SweepPoint | None:
    """A point that nobody works on, or that this worker began before it died; None where there is none."""
    async with db.transaction() as uow:
        open_ = or_(
            SweepPoint.claimed_by.is_(None), SweepPoint.claimed_by == worker, SweepPoint.claimed_at < now - STALE
        )
        wanted = (
            select(SweepPoint)
            .where(SweepPoint.sweep_id == sweep_id, SweepPoint.done.is_(False), open_)
            .order_by(SweepPoint.number)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        found = (await uow.session.scalars(wanted)).one_or_none()
        if found is not None:
            found.claimed_by, found.claimed_at = worker, now
        return found


async def touch(db: Database, point: SweepPoint, worker: str, now: datetime) -> None:
    """The worker is still at it."""
    async with db.transaction() as uow:
        mine = and_(_is(point), SweepPoint.claimed_by == worker)
        await uow.session.execute(update(SweepPoint).where(mine).values(claimed_at=now))


async def finish(db: Database, point: SweepPoint, descriptors: dict[str, float] | None, problem: str | None) -> None:
    """The point's result, once: a second worker that took it over found the same."""
    async with db.transaction() as uow:
        undone = and_(_is(point), SweepPoint.done.is_(False))
        values = {"done": True, "descriptors": descriptors, "problem": problem}
        await uow.session.execute(update(SweepPoint).where(undone).values(values))


async def progress(session: AsyncSession, sweep_id: str) -> tuple[int, int]:
    """Points done, and points in all."""
    done = func.sum(case((SweepPoint.done, 1), else_=0))
    counted = select(done, func.count()).where(SweepPoint.sweep_id == sweep_id)
    row = (await session.execute(counted)).one()
    return int(row[0] or 0), int(row[1])


async def is_running(session: AsyncSession, sweep_id: str) -> bool:
    """Whether the sweep still wants its points."""
    state = await session.scalar(select(Sweep.state).where(Sweep.sweep_id == sweep_id))
    return state is not None and not OperationState(state).final


def points_of(sweep_id: str) -> Select[SweepPoint]:
    """The points of a sweep."""
    return select(SweepPoint).where(SweepPoint.sweep_id == sweep_id)


async def remove_of_universe(uow: UnitOfWork, universe_id: str) -> None:
    """The universe is gone: its sweeps end and go with it."""
    rows = (await uow.session.scalars(select(Sweep).where(Sweep.universe_id == universe_id))).all()
    for row in rows:
        await uow.release(holder_of_sweep(row.sweep_id))
        if row.ended_at is None:
            await cancel(uow, row.sweep_id)
        await uow.session.execute(delete(SweepPoint).where(SweepPoint.sweep_id == row.sweep_id))
        await uow.session.delete(row)


def _is(point: SweepPoint) -> ColumnElement[bool]:
    return and_(SweepPoint.sweep_id == point.sweep_id, SweepPoint.number == point.number)
