"""Analyses and conversions: asked for, ended, taken away."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_audio.store import universes
from harmonic_audio.store.tables import SoundWorkRow
from harmonic_chassis.jobs import cancel
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.operations import OperationState


class SoundPayload(BaseModel):
    """The payload of both jobs: what to hear, and what a conversion makes of it."""

    work_id: str
    source: ArtifactRef
    wanted: dict[str, Any] | None = None


def holder_of(work_id: str) -> str:
    """Under which name a work pins the sound and what was made of it."""
    return f"sound/{work_id}"


async def owned(uow: UnitOfWork, row: SoundWorkRow) -> UnitOfWork:
    """The unit of work with the owner of what is said of the work: its universe's, or every member."""
    return uow.owned_by(None) if row.universe_id is None else await universes.owned(uow, row.universe_id)


async def start(uow: UnitOfWork, row: SoundWorkRow, job: str) -> None:
    """Write the row, pin its sound and submit its job, whose id is the work's."""
    uow.session.add(row)
    await uow.session.flush()
    source = ArtifactRef.model_validate(row.source)
    own = await owned(uow, row)
    await own.keep(source, holder=holder_of(row.work_id), organization_id=row.organization_id)
    payload = SoundPayload(work_id=row.work_id, source=source, wanted=row.wanted)
    await own.submit(job, payload, organization_id=row.organization_id, job_id=row.work_id)


async def under_way(session: AsyncSession, organization_id: str) -> int:
    """How many of the organization's works have not ended."""
    mine = (SoundWorkRow.organization_id == organization_id) & SoundWorkRow.ended_at.is_(None)
    return int(await session.scalar(select(func.count()).select_from(SoundWorkRow).where(mine)) or 0)


async def succeed(
    uow: UnitOfWork, work_id: str, result: dict[str, Any], report: dict[str, Any] | None, artifact: ArtifactRef
) -> SoundWorkRow | None:
    """The work is done. None where it was deleted meanwhile: its blobs run out by themselves."""
    row = await uow.session.get(SoundWorkRow, work_id)
    if row is None:
        return None
    row.state, row.ended_at = OperationState.SUCCEEDED, uow.clock.now()
    row.result, row.report, row.artifact = result, report, artifact.model_dump(mode="json")
    own = await owned(uow, row)
    await own.keep(artifact, holder=holder_of(work_id), organization_id=row.organization_id)
    return row


async def remove(uow: UnitOfWork, row: SoundWorkRow) -> None:
    """Take a work away: it is cancelled where it has not ended, its artifacts are let go."""
    if row.ended_at is None:
        await cancel(uow, row.work_id, organization_id=row.organization_id)
    await uow.release(holder_of(row.work_id))
    await uow.session.delete(row)


async def remove_where(uow: UnitOfWork, condition: ColumnElement[bool]) -> None:
    """Take away all works of which something holds."""
    for row in (await uow.session.scalars(select(SoundWorkRow).where(condition))).all():
        await remove(uow, row)


async def forget_actor(uow: UnitOfWork, user_id: str) -> None:
    """Works that the user asked for stay, without a name."""
    asked = SoundWorkRow.actor_id == user_id
    await uow.session.execute(update(SoundWorkRow).where(asked).values(actor_id=None))
