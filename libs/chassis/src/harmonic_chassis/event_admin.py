"""What people ask of the event path: the newest messages, one message's whole life, and the dead letters.

Everything may be confined to an organization. Reads alone; nothing here is on the way of an event.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.inbox import DEAD
from harmonic_chassis.tables.event_path import event_log, inbox, outbox, seen
from harmonic_chassis.tables.jobs import job
from harmonic_contracts.event_path import Dead, JobLife, Life, Said, Taken

CONSEQUENCES_WITHIN = timedelta(hours=1)
"""What a message caused is looked for in so much time after it."""
SCAN = 5000
"""Rows looked at for that, at most."""


async def recent(
    session: AsyncSession, service: str, *, organization_id: str | None, after: str, limit: int
) -> list[Said]:
    """The messages with ids above ``after``, oldest first. Ids rise with time, give or take what was under way."""
    found = [
        _said(service, table, row)
        for table in (event_log, outbox)
        for row in await session.execute(
            select(table).where(table.c.id > after, *_of(table, organization_id)).order_by(table.c.id).limit(limit)
        )
    ]
    return sorted({each.id: each for each in found}.values(), key=lambda each: each.id)[:limit]


async def life(
    session: AsyncSession,
    service: str,
    message_id: str,
    consumers: Mapping[str, Sequence[str]],
    *,
    organization_id: str | None,
    origin: Said | None = None,
) -> Life:
    """What this service knows of the message. ``consumers``: its consumers with the types that each handles;
    ``origin``: the message as its producer told of it, needed to know what was handled or is missing."""
    said = await _find(session, service, message_id, organization_id)
    known = origin or said
    if known is None or (organization_id is not None and known.organization_id != organization_id):
        return Life(said=said)
    return Life(
        said=said,
        taken=[
            await _taken(session, service, consumer, known)
            for consumer, types in consumers.items()
            if known.type in types
        ],
        caused=await _caused(session, service, known),
        jobs=await _jobs(session, service, known),
    )


async def dead_letters(
    session: AsyncSession, service: str, *, organization_id: str | None, after: str | None = None, limit: int = 100
) -> list[Dead]:
    """Dead letters in the order of their ids, after the given one."""
    query = select(inbox).where(DEAD, *_mentions(organization_id)).order_by(inbox.c.id).limit(limit)
    if after is not None:
        query = query.where(inbox.c.id > after)
    found = [_dead(service, row) for row in (await session.execute(query)).mappings()]
    return [each for each in found if organization_id in (None, each.organization_id)]


async def is_dead(session: AsyncSession, message_id: str, organization_id: str) -> bool:
    """Whether there is a dead letter of this id, and all of this id are the organization's."""
    rows = (await session.execute(select(inbox.c.envelope).where(DEAD, inbox.c.id == message_id))).scalars().all()
    return bool(rows) and all(orjson.loads(row).get("organizationid") == organization_id for row in rows)


def _of(table: Table, organization_id: str | None) -> list[ColumnElement[bool]]:
    return [] if organization_id is None else [table.c.organization_id == organization_id]


def _mentions(organization_id: str | None) -> list[ColumnElement[bool]]:
    """A first sieve by text; whoever uses it looks into the envelope as well, which alone decides."""
    return [] if organization_id is None else [inbox.c.envelope.contains(f'"organizationid":"{organization_id}"')]


async def _find(session: AsyncSession, service: str, message_id: str, organization_id: str | None) -> Said | None:
    for table in (event_log, outbox):
        query = select(table).where(table.c.id == message_id, *_of(table, organization_id))
        row = (await session.execute(query)).one_or_none()
        if row is not None:
            return _said(service, table, row, whole=True)
    return None


def _said(service: str, table: Table, row: Any, *, whole: bool = False) -> Said:
    envelope = orjson.loads(row.envelope)
    if table is event_log:
        state = "delivered" if row.routed else "unrouted"
    else:
        state = "waiting" if row.number is None else "numbered"
    return Said(
        service=service,
        id=row.id,
        type=row.type,
        subject=row.subject,
        sequence=row.sequence,
        number=row.number,
        state=state,
        written_at=row.time,
        organization_id=row.organization_id,
        trace_id=_trace_id(envelope.get("traceparent")),
        caused_by=envelope.get("causationid"),
        envelope=envelope if whole else None,
    )


def _trace_id(traceparent: str | None) -> str | None:
    parts = (traceparent or "").split("-")
    return parts[1] if len(parts) == 4 else None


async def _taken(session: AsyncSession, service: str, consumer: str, origin: Said) -> Taken:
    query = select(inbox).where(inbox.c.consumer == consumer, inbox.c.id == origin.id)
    row = (await session.execute(query.where(inbox.c.source == origin.service))).one_or_none()
    if row is not None:
        return Taken(
            service=service,
            consumer=consumer,
            state=row.state,
            attempts=row.attempts,
            received_at=row.received_at,
            due_at=row.due_at if row.state == "pending" else None,
            failed_at=row.failed_at,
            error=row.error,
        )
    at = (seen.c.consumer == consumer) & (seen.c.source == origin.service) & (seen.c.number == origin.number)
    received = origin.number is not None and await session.scalar(select(seen.c.number).where(at)) is not None
    return Taken(service=service, consumer=consumer, state="handled" if received else "missing")


async def _caused(session: AsyncSession, service: str, origin: Said) -> list[Said]:
    """What this service said because of the message: looked for among what it said soon after, by id, which rises
    with time."""
    found = []
    for table in (event_log, outbox):
        query = select(table).where(
            table.c.id > origin.id, table.c.id < first_id(origin.written_at + CONSEQUENCES_WITHIN)
        )
        rows = await session.execute(query.order_by(table.c.id).limit(SCAN))
        found += [each for row in rows if (each := _said(service, table, row)).caused_by == origin.id]
    return sorted(found, key=lambda each: each.id)


async def _jobs(session: AsyncSession, service: str, origin: Said) -> list[JobLife]:
    until = origin.written_at + CONSEQUENCES_WITHIN
    query = select(job).where(job.c.created_at >= origin.written_at, job.c.created_at <= until)
    rows = (await session.execute(query.order_by(job.c.created_at).limit(SCAN))).mappings()
    names = JobLife.model_fields.keys() - {"service"}
    return [
        JobLife(service=service, **{name: row[name] for name in names})
        for row in rows
        if row["context"].get("causation_id") == origin.id
    ]


def _dead(service: str, row: Any) -> Dead:
    envelope = orjson.loads(row["envelope"])
    names = Dead.model_fields.keys() - {"service", "envelope", "organization_id"}
    return Dead(
        service=service,
        organization_id=envelope.get("organizationid"),
        envelope=envelope,
        **{name: row[name] for name in names},
    )


def first_id(time: datetime) -> str:
    """The lowest UUIDv7 of that time, below all messages made from then on (RFC 9562, section 5.7: 48 bits of
    milliseconds come first)."""
    milliseconds = int(time.astimezone(UTC).timestamp() * 1000)
    return str(UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62)))
