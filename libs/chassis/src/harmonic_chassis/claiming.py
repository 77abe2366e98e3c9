"""What becomes of inbox messages one by one: a repetition alone, a later attempt, a dead letter.

A message is a *head* when no earlier message of its subject is pending. Heads alone are claimed, with row locks that
others skip; the followers of a claimed head are safe with it, because to everyone else they are no heads yet. Batches
are claimed by `EventStore.claim`.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, exists, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.dialects.event_store import ClaimedRow
from harmonic_chassis.inbox import PENDING, UNKNOWN
from harmonic_chassis.tables.event_path import inbox

COLUMNS = (
    inbox.c.position,
    inbox.c.source,
    inbox.c.subject,
    inbox.c.type,
    inbox.c.attempts,
    inbox.c.received_at,
    inbox.c.envelope,
)


@cache
def _is_head() -> ColumnElement[bool]:
    earlier = inbox.alias("earlier")
    return ~(
        select(literal_column("1"))
        .select_from(earlier)
        .where(
            earlier.c.consumer == inbox.c.consumer,
            earlier.c.source == inbox.c.source,
            earlier.c.subject == inbox.c.subject,
            earlier.c.number < inbox.c.number,
            earlier.c.state == literal_column("'pending'"),
        )
        .exists()
    )


async def claim_one(session: AsyncSession, position: int, *, now: datetime) -> ClaimedRow | None:
    """One message by its place, unless another instance has it, it is done, or it is no head any more."""
    found = await session.execute(
        select(*COLUMNS)
        .where(inbox.c.position == position, PENDING, inbox.c.due_at <= now, _is_head())
        .with_for_update(skip_locked=True)
    )
    row = found.one_or_none()
    return None if row is None else ClaimedRow(*row)


async def postpone(session: AsyncSession, position: int, *, attempts: int, due_at: datetime, error: str) -> None:
    """Note a failed attempt and when the next is due."""
    await session.execute(
        update(inbox).where(inbox.c.position == position, PENDING).values(attempts=attempts, due_at=due_at, error=error)
    )


async def bury(session: AsyncSession, position: int, *, attempts: int, at: datetime, error: str) -> None:
    """Make a message a dead letter; the rest of its subject goes on."""
    await session.execute(
        update(inbox)
        .where(inbox.c.position == position, PENDING)
        .values(state="dead", attempts=attempts, failed_at=at, error=error)
    )


async def recognize(session: AsyncSession, consumer: str, types: Sequence[str]) -> int:
    """Make kept messages of formerly unknown types pending, now that the code knows them; returns how many."""
    known = await session.execute(
        update(inbox)
        .where(inbox.c.consumer == consumer, UNKNOWN, inbox.c.type.in_(types))
        .values(state="pending")
        .returning(inbox.c.position)
    )
    return len(known.all())


async def consumer_is_idle(session: AsyncSession, consumers: Sequence[str]) -> bool:
    """Whether no message of these consumers waits to be handled."""
    return not await session.scalar(select(exists().where(inbox.c.consumer.in_(consumers), PENDING)))
