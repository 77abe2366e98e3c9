"""Forgetting: what is left of an organization that is gone, and of time long past."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_gateway.store import stream
from harmonic_gateway.store.tables import OperationRow, PerformanceRow, PerformanceStepRow, StreamEventRow


async def forget_organizations(session: AsyncSession, organizations: Sequence[str]) -> None:
    """Erase the operations, performances and events of these organizations, and keep late ones out."""
    gone = PerformanceRow.organization_id.in_(organizations)
    steps = PerformanceStepRow.performance_id.in_(select(PerformanceRow.performance_id).where(gone))
    await session.execute(delete(PerformanceStepRow).where(steps))
    await session.execute(delete(PerformanceRow).where(gone))
    await session.execute(delete(OperationRow).where(OperationRow.organization_id.in_(organizations)))
    await stream.close(session, organizations)


async def trim_stream(session: AsyncSession, before: datetime) -> None:
    """Forget the events before a time. The heads stay, so that no number is given twice."""
    await session.execute(delete(StreamEventRow).where(StreamEventRow.time < before))
