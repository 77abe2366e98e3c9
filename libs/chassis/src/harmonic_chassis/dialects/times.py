"""The time that every process of a service agrees on: the database server's; with SQLite, the machine's."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.clock import Clock
from harmonic_chassis.orm import UtcDateTime


async def shared_now(session: AsyncSession, clock: Clock) -> datetime:
    """The time for leases and due dates. On PostgreSQL the server's, so that hosts whose clocks differ still agree."""
    if session.get_bind().dialect.name == "postgresql":
        now: datetime | None = await session.scalar(select(func.clock_timestamp(type_=UtcDateTime())))
        assert now is not None
        return now
    return clock.now()
