"""Jobs as the contract's operations."""

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.tables.jobs import job
from harmonic_contracts.operations import Operation


async def read(session: AsyncSession, job_id: str, *, organization_id: str) -> Operation | None:
    """A job of the organization, or None."""
    asked = select(job).where(job.c.job_id == job_id, job.c.organization_id == organization_id)
    row = (await session.execute(asked)).mappings().one_or_none()
    return None if row is None else _operation(row)


async def unfinished(session: AsyncSession) -> int:
    """How many jobs are queued or running."""
    return await session.scalar(select(func.count()).select_from(job).where(job.c.ended_at.is_(None))) or 0


def _operation(row: RowMapping) -> Operation:
    return Operation.model_validate({name: row[name] for name in _SAME} | {"operation_id": row["job_id"]})


_SAME = ("kind", "organization_id", "state", "progress", "result", "problem", "created_at", "updated_at")
