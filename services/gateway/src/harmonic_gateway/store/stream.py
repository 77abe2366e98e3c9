"""The stream of events in the database: append in commit order, read by number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.dialects import insert
from harmonic_chassis.readers import Reader
from harmonic_chassis.uow import UnitOfWork
from harmonic_gateway.store.tables import StreamEventRow, StreamHeadRow

_PENDING = "stream events of this transaction"
GONE = -1
"""The head of an organization that is gone: a tombstone."""


@dataclass(frozen=True)
class StreamEvent:
    """An event as the stream tells it. `number` is 0 until it is appended."""

    organization_id: str
    type: str
    time: datetime
    data: dict[str, Any]
    operation_id: str | None = None
    number: int = 0
    owner_id: str | None = None


def append(uow: UnitOfWork, event: StreamEvent) -> None:
    """Append the event at the end of the transaction, whose number then follows its commit.

    The heads of several organizations are locked in one order, so that two transactions cannot wait for each other."""
    pending: list[StreamEvent] = uow.session.info.setdefault(_PENDING, [])
    if not pending:
        uow.before_commit(lambda: _append_all(uow.session))
    pending.append(event)


async def _append_all(session: AsyncSession) -> None:
    pending: list[StreamEvent] = session.info.pop(_PENDING)
    for event in sorted(pending, key=lambda each: each.organization_id):
        await _append(session, event)


async def _append(session: AsyncSession, event: StreamEvent) -> None:
    number = await _next_number(session, event.organization_id)
    if number is None:
        return
    session.add(
        StreamEventRow(
            organization_id=event.organization_id,
            number=number,
            type=event.type,
            operation_id=event.operation_id,
            owner_id=event.owner_id,
            time=event.time,
            data=event.data,
        )
    )


async def _next_number(session: AsyncSession, organization_id: str) -> int | None:
    """The next number, or None where the organization is gone."""
    statement = insert(session, StreamHeadRow).values(organization_id=organization_id, last=1)
    taken = statement.on_conflict_do_update(
        index_elements=[StreamHeadRow.organization_id],
        set_={"last": StreamHeadRow.last + 1},
        where=StreamHeadRow.last != GONE,
    ).returning(StreamHeadRow.last)
    number = (await session.execute(taken)).scalar_one_or_none()
    return None if number is None else int(number)


async def close(session: AsyncSession, organizations: Iterable[str]) -> None:
    """Forget the events of organizations that are gone, for good: what comes late is not appended any more."""
    for organization_id in sorted(organizations):
        statement = insert(session, StreamHeadRow).values(organization_id=organization_id, last=GONE)
        await session.execute(
            statement.on_conflict_do_update(index_elements=[StreamHeadRow.organization_id], set_={"last": GONE})
        )
    await session.execute(delete(StreamEventRow).where(StreamEventRow.organization_id.in_(organizations)))


async def is_closed(session: AsyncSession, organization_id: str) -> bool:
    """Whether the organization is gone."""
    asked = select(StreamHeadRow.last).where(StreamHeadRow.organization_id == organization_id)
    return await session.scalar(asked) == GONE


async def read(
    session: AsyncSession, after: Mapping[str, int], reader: Reader, *, limit: int = 200
) -> list[StreamEvent]:
    """The events that the reader sees of these organizations past the numbers given, each organization's in order."""
    if not after:
        return []
    wanted = or_(
        *(
            and_(StreamEventRow.organization_id == organization, StreamEventRow.number > number)
            for organization, number in after.items()
        )
    )
    rows = await session.scalars(
        select(StreamEventRow)
        .where(wanted, reader.condition(StreamEventRow.organization_id, StreamEventRow.owner_id))
        .order_by(StreamEventRow.number, StreamEventRow.organization_id)
        .limit(limit)
    )
    return [_event(row) for row in rows]


async def read_operation(
    session: AsyncSession, operation_id: str, after: int, *, limit: int = 200
) -> list[StreamEvent]:
    """The events of one operation past a number, in order."""
    rows = await session.scalars(
        select(StreamEventRow)
        .where(StreamEventRow.operation_id == operation_id, StreamEventRow.number > after)
        .order_by(StreamEventRow.number)
        .limit(limit)
    )
    return [_event(row) for row in rows]


async def heads(session: AsyncSession, organizations: Sequence[str]) -> dict[str, int]:
    """The last number of each organization's stream; 0 where there is none yet."""
    rows = await session.scalars(select(StreamHeadRow).where(StreamHeadRow.organization_id.in_(organizations)))
    known = {row.organization_id: row.last for row in rows}
    return {organization: known.get(organization, 0) for organization in organizations}


async def oldest(session: AsyncSession, organizations: Sequence[str]) -> dict[str, int]:
    """The oldest number that is still kept of each organization's stream."""
    rows = await session.execute(
        select(StreamEventRow.organization_id, func.min(StreamEventRow.number))
        .where(StreamEventRow.organization_id.in_(organizations))
        .group_by(StreamEventRow.organization_id)
    )
    return {organization: int(number) for organization, number in rows}


def _event(row: StreamEventRow) -> StreamEvent:
    return StreamEvent(row.organization_id, row.type, row.time, row.data, row.operation_id, row.number, row.owner_id)
