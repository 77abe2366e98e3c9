"""The outbox: messages written in the transaction of the change that they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import insert as plain_insert
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.context import MessageContext
from harmonic_chassis.dialects import insert
from harmonic_chassis.ids import new_id
from harmonic_chassis.tables.event_path import outbox, subject_sequence
from harmonic_contracts.base import MessageData
from harmonic_contracts.envelope import MAX_INLINE_BYTES
from harmonic_contracts.registry import MessageType, of_data, subject_of


@dataclass(slots=True)
class Draft:
    """A message before its transaction commits: only the order within its subject is missing."""

    id: str
    declared: MessageType
    subject: str
    source: str
    time: datetime
    context: MessageContext
    organization_id: str | None
    data: bytes
    dataref: str | None = None

    @property
    def oversized(self) -> bool:
        """Too large to travel inline: the data must become an artifact (claim check) first."""
        return self.dataref is None and len(self.data) > MAX_INLINE_BYTES


class ForeignEvent(ValueError):
    """A service tried to emit the event of another one."""


def draft(
    data: MessageData, *, source: str, time: datetime, context: MessageContext, organization_id: str | None
) -> Draft:
    """A draft of the message. Raises UnknownMessage for undeclared data and ForeignEvent for another's event."""
    declared = of_data(data)
    if declared.kind == "event" and declared.service != source:
        raise ForeignEvent(f"{source} may not emit {declared.name}: it is an event of {declared.service}")
    organization = organization_id or getattr(data, "organization_id", None) or context.organization_id
    body = data.model_dump_json().encode()
    return Draft(new_id(), declared, subject_of(data), source, time, context, organization, body)


async def write(session: AsyncSession, drafts: Sequence[Draft]) -> None:
    """Write the outbox rows, in order, each with its place in its subject. Two statements for any count."""
    if not drafts:
        return
    places = await _take_sequences(session, drafts)
    rows = [_row(each, sequence) for each, sequence in zip(drafts, places, strict=True)]
    await session.execute(plain_insert(outbox), rows)


async def _take_sequences(session: AsyncSession, drafts: Sequence[Draft]) -> list[int]:
    """The sequence of each draft. The counter rows stay locked until commit, so a subject's order is its commit order;
    they are taken in sorted order, so that two transactions cannot wait for each other."""
    counts: dict[str, int] = {}
    for each in drafts:
        counts[each.subject] = counts.get(each.subject, 0) + 1
    statement = insert(session, subject_sequence)
    taken = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[subject_sequence.c.subject],
            set_={"last": subject_sequence.c.last + statement.excluded.last},
        ).returning(subject_sequence.c.subject, subject_sequence.c.last),
        [{"subject": subject, "last": counts[subject]} for subject in sorted(counts)],
    )
    following = {subject: last - counts[subject] for subject, last in taken}
    places = []
    for each in drafts:
        following[each.subject] += 1
        places.append(following[each.subject])
    return places


def _row(each: Draft, sequence: int) -> dict[str, Any]:
    return {
        "id": each.id,
        "type": each.declared.name,
        "kind": each.declared.kind,
        "subject": each.subject,
        "sequence": sequence,
        "organization_id": each.organization_id,
        "envelope": envelope_json(each, sequence),
        "time": each.time,
    }


def envelope_json(each: Draft, sequence: int) -> str:
    """The CloudEvents envelope as JSON, still without its number."""
    context = each.context
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": each.id,
        "source": each.source,
        "type": each.declared.name,
        "subject": each.subject,
        "sequence": sequence,
        "time": each.time,
        "datacontenttype": "application/json",
        "traceparent": context.traceparent,
        "correlationid": context.correlation_id,
        "causationid": context.causation_id,
        "organizationid": each.organization_id,
        "actorid": context.actor_id,
        "dataref": each.dataref,
        "datasize": len(each.data) if each.dataref else None,
        "data": None if each.dataref else orjson.Fragment(each.data),
    }
    return orjson.dumps({name: value for name, value in attributes.items() if value is not None}).decode()


def numbered(envelope: str, number: int) -> bytes:
    """The envelope with its number, ready to travel. The stored JSON is a non-empty object, so one more member fits."""
    return f'{envelope[:-1]},"number":{number}}}'.encode()
