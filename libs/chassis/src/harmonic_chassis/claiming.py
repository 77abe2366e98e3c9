"""Which inbox messages may be handled now: the SQL of order per subject and of competing instances.

A message is a *head* when no earlier message of its subject is pending. Heads alone are claimed, with row locks that
others skip; the followers of a claimed head are safe with it, because to everyone else they are no heads yet.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, delete, exists, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

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
Claimed = Row[Any]


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


async def claim(
    session: AsyncSession, consumer: str, *, now: datetime, limit: int, paused: Sequence[str] = ()
) -> list[Claimed]:
    """Up to ``limit`` messages to handle in this transaction, in order. Fresh ones come before those that failed, so
    that no retry is ahead of another subject's first attempt."""
    asked = {"consumer": consumer, "now": now, "paused": list(paused), "count": limit}
    claimed = list((await session.execute(_heads(), asked)).all())
    if claimed and len(claimed) < limit:
        claimed += await _followers(session, claimed, {**asked, "count": limit - len(claimed)})
    return claimed


def _ready() -> ColumnElement[bool]:
    """What may be handled now, its place in its subject apart."""
    return and_(inbox.c.remote == 0, inbox.c.due_at <= bindparam("now"), _not_paused())


def _not_paused() -> ColumnElement[bool]:
    return inbox.c.type.not_in(bindparam("paused", expanding=True))


@cache
def _heads() -> Select[Any]:
    return (
        select(*COLUMNS)
        .where(inbox.c.consumer == bindparam("consumer"), PENDING, _ready(), _is_head())
        .order_by(inbox.c.attempts, inbox.c.position)
        .limit(bindparam("count"))
        .with_for_update(skip_locked=True)
    )


@cache
def _next_of_subjects() -> Select[Any]:
    return (
        select(*COLUMNS, _ready().label("ready"))
        .where(
            inbox.c.consumer == bindparam("consumer"),
            PENDING,
            inbox.c.subject.in_(bindparam("subjects", expanding=True)),
            inbox.c.position.not_in(bindparam("heads", expanding=True)),
        )
        .order_by(inbox.c.number)
        .limit(bindparam("count"))
    )


async def _followers(session: AsyncSession, heads: list[Claimed], asked: dict[str, Any]) -> list[Claimed]:
    """The next messages of the claimed heads' subjects: for each subject an unbroken run."""
    subjects = {(head.source, head.subject) for head in heads}
    asked = {**asked, "subjects": [subject for _, subject in subjects], "heads": [head.position for head in heads]}
    run = []
    for row in await session.execute(_next_of_subjects(), asked):
        if not row.ready:
            subjects.discard((row.source, row.subject))
        if (row.source, row.subject) in subjects:
            run.append(row)
    return run


async def claim_one(session: AsyncSession, position: int, *, now: datetime) -> Claimed | None:
    """One message by its place, unless another instance has it, it is done, or it is no head any more."""
    found = await session.execute(
        select(*COLUMNS)
        .where(inbox.c.position == position, PENDING, inbox.c.due_at <= now, _is_head())
        .with_for_update(skip_locked=True)
    )
    return cast("Claimed | None", found.one_or_none())


async def done(session: AsyncSession, positions: Sequence[int]) -> None:
    """Take handled messages out; the dedupe table remembers them."""
    await session.execute(delete(inbox).where(inbox.c.position.in_(positions)))


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
