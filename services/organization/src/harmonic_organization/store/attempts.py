"""Counts of attempts, one row a key, gone when the window is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.dialects import insert
from harmonic_organization.accounts.throttle import Count, Watch, counted, wait
from harmonic_organization.store.tables import Attempt


async def take(session: AsyncSession, watches: Sequence[Watch], now: datetime) -> timedelta | None:
    """Count one attempt under each limit, or none at all and say how long to wait.

    Counting before the attempt is made bounds those that come at the same time. Rows are locked in the order of their
    keys, so that two attempts cannot wait for each other.
    """
    ordered = sorted(watches, key=lambda watch: watch.key)
    rows = [await _locked(session, watch, now) for watch in ordered]
    counts = [Count(row.started_at, row.attempts) for row in rows]
    waits = [wait(count, watch.limit, now) for count, watch in zip(counts, ordered, strict=True)]
    if any(waits):
        return max(each for each in waits if each)
    for row, count, watch in zip(rows, counts, ordered, strict=True):
        after = counted(count, watch.limit, now)
        row.started_at, row.attempts = after.started_at, after.attempts
        row.expires_at = after.started_at + watch.limit.window
    await session.flush()
    return None


async def forgive(session: AsyncSession, narrow: Watch, wide: Sequence[Watch]) -> None:
    """The attempt was right: forget the narrow count, and take the attempt back from the wide ones."""
    keys = sorted(watch.key for watch in wide)
    await session.execute(delete(Attempt).where(Attempt.key == narrow.key))
    for key in keys:
        await session.execute(
            update(Attempt).where(Attempt.key == key, Attempt.attempts > 0).values(attempts=Attempt.attempts - 1)
        )


async def sweep(session: AsyncSession, now: datetime) -> int:
    """Take away the counts whose window is over; how many."""
    result = await session.execute(delete(Attempt).where(Attempt.expires_at < now))
    return cast("CursorResult[object]", result).rowcount


async def _locked(session: AsyncSession, watch: Watch, now: datetime) -> Attempt:
    fresh = insert(session, Attempt).values(
        key=watch.key, started_at=now, attempts=0, expires_at=now + watch.limit.window
    )
    await session.execute(fresh.on_conflict_do_nothing(index_elements=[Attempt.key]))
    return await session.get_one(Attempt, watch.key, with_for_update=True)
