"""The report of what nobody wanted: an event that no consumer was bound to is kept in the event log, and told here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.tables.event_path import event_log


@dataclass(frozen=True, slots=True)
class Unrouted:
    """A type that was said while no consumer was bound to it."""

    type: str
    count: int
    last_number: int
    last_time: datetime


async def unrouted(session: AsyncSession) -> list[Unrouted]:
    """The types with events that had no consumer when they were delivered, by name. Who binds them later gets them all
    by reconciliation, so this is no loss; it may be a forgotten consumer."""
    last = func.max(event_log.c.time, type_=event_log.c.time.type)
    found = await session.execute(
        select(event_log.c.type, func.count(), func.max(event_log.c.number), last)
        .where(event_log.c.routed == 0)
        .group_by(event_log.c.type)
        .order_by(event_log.c.type)
    )
    return [Unrouted(*row) for row in found]
