"""The event log: everything a service ever said, numbered without holes, in order, read by cursor.

Replay and rebuilding read events only; reconciliation reads commands too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.outbox import numbered
from harmonic_chassis.tables.event_path import event_log, outbox
from harmonic_chassis.transport.base import matches

SCAN = 5000
"""Rows looked at for one page at most, so that a reader of rare types does not hold the database."""


@dataclass(frozen=True, slots=True)
class EventPage:
    """A stretch of the log: what matched, and where to go on. ``more`` is False at the end of the log."""

    events: list[bytes]
    next: int
    more: bool


async def read(
    session: AsyncSession, *, after: int = 0, patterns: Sequence[str] = ("#",), limit: int = 500, commands: bool = False
) -> EventPage:
    """The messages numbered above ``after`` whose type matches one of the patterns, as envelopes with their number.
    Nothing beyond an undelivered event is shown, so that a cursor cannot pass a hole."""
    through = await session.scalar(_window(after))
    if through is None:
        return EventPage([], after, False)
    types = await _types(session, after, through, patterns)
    query = (
        select(event_log.c.number, event_log.c.envelope)
        .where(event_log.c.number > after, event_log.c.number <= through, event_log.c.type.in_(types))
        .order_by(event_log.c.number)
        .limit(limit)
    )
    if not commands:
        query = query.where(event_log.c.kind == "event")
    rows = (await session.execute(query)).all()
    reached = rows[-1][0] if len(rows) == limit else through
    return EventPage([numbered(envelope, number) for number, envelope in rows], reached, True)


def _window(after: int) -> Any:
    """The last number of the next SCAN rows before the first undelivered event. (An undelivered command does not hold
    the history up: it waits for its owner, perhaps for long.)"""
    waiting = select(func.min(outbox.c.number)).where(outbox.c.kind == "event").scalar_subquery()
    window = (
        select(event_log.c.number)
        .where(event_log.c.number > after, or_(waiting.is_(None), event_log.c.number < waiting))
        .order_by(event_log.c.number)
        .limit(SCAN)
    )
    return select(func.max(window.subquery().c.number))


async def _types(session: AsyncSession, after: int, through: int, patterns: Sequence[str]) -> list[str]:
    """The types in the window that match; patterns that name a type are not looked up."""
    if not any("*" in pattern or "#" in pattern for pattern in patterns):
        return list(patterns)
    found = await session.execute(
        select(event_log.c.type).where(event_log.c.number > after, event_log.c.number <= through).distinct()
    )
    return [type_ for type_ in found.scalars() if any(matches(pattern, type_) for pattern in patterns)]


async def last_number(session: AsyncSession) -> int:
    """The number of the newest message in the log; 0 for an empty log."""
    found = (await session.execute(select(func.max(event_log.c.number)))).scalar_one()
    return int(found or 0)


async def find(session: AsyncSession, message_id: str) -> dict[str, Any] | None:
    """One message by its id."""
    row = (
        await session.execute(select(event_log.c.number, event_log.c.envelope).where(event_log.c.id == message_id))
    ).one_or_none()
    return None if row is None else orjson.loads(numbered(row.envelope, row.number))


def page_from_json(body: bytes) -> EventPage:
    """The page in an answer of ``/internal/events``: ``{"events": [envelope, ...], "next": n, "more": bool}``."""
    answer = orjson.loads(body)
    events = [orjson.dumps(each) for each in answer["events"]]
    return EventPage(events, answer["next"], answer["more"])


def page_to_json(page: EventPage) -> bytes:
    """The answer of ``/internal/events``."""
    events = [orjson.Fragment(each) for each in page.events]
    return orjson.dumps({"events": events, "next": page.next, "more": page.more})
