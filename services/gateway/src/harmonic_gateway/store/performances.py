"""Performances in the database: found by id, by step, by universe, by deadline; locked while they change."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_gateway.saga.state import Performance, Phase
from harmonic_gateway.store.tables import PerformanceRow, PerformanceStepRow


async def find(session: AsyncSession, performance_id: str) -> Performance | None:
    """The performance, to read."""
    row = await session.get(PerformanceRow, performance_id)
    return _performance(row) if row is not None else None


async def lock(session: AsyncSession, performance_id: str) -> Performance | None:
    """The performance, held against other transitions until the transaction ends."""
    statement = select(PerformanceRow).where(PerformanceRow.performance_id == performance_id).with_for_update()
    row = (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
    return _performance(row) if row is not None else None


def _performance(row: PerformanceRow) -> Performance:
    return Performance.model_validate({**row.state, "owner_id": row.owner_id})


async def lock_by_step(session: AsyncSession, step_id: str) -> Performance | None:
    """The performance that began this step."""
    row = await session.get(PerformanceStepRow, step_id)
    return await lock(session, row.performance_id) if row is not None else None


async def pinning(session: AsyncSession, universe_id: str | None = None) -> list[str]:
    """The ids of the performances that wait for their soundscape, of one universe or of all."""
    statement = select(PerformanceRow.performance_id).where(PerformanceRow.phase == Phase.PINNING.value)
    if universe_id is not None:
        statement = statement.where(PerformanceRow.universe_id == universe_id)
    return list(await session.scalars(statement.order_by(PerformanceRow.performance_id)))


async def overdue(session: AsyncSession, now: datetime, *, limit: int = 100) -> list[str]:
    """The ids of the performances whose deadline has passed."""
    statement = select(PerformanceRow.performance_id).where(PerformanceRow.deadline_at < now)
    return list(await session.scalars(statement.order_by(PerformanceRow.performance_id).limit(limit)))


async def save(session: AsyncSession, performance: Performance) -> None:
    """Write the performance and the ids of its steps."""
    await session.merge(
        PerformanceRow(
            performance_id=performance.performance_id,
            organization_id=performance.organization_id,
            universe_id=performance.universe.id,
            phase=performance.phase.value,
            owner_id=performance.owner_id,
            deadline_at=None if performance.phase.ended else performance.deadline_at,
            # Without what is not set and what has a column: the release before refuses fields that it does not know.
            state=performance.model_dump(mode="json", exclude_none=True, exclude={"owner_id"}),
        )
    )
    for step in performance.steps.values():
        if step.operation_id is not None:
            await session.merge(
                PerformanceStepRow(step_id=step.operation_id, performance_id=performance.performance_id)
            )
