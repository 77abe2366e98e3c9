"""The outbox: messages written in the transaction of the change that they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.context import MessageContext
from harmonic_chassis.dialects.event_store import EventStore, OutboxRow
from harmonic_chassis.ids import new_id
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


async def write(events: EventStore, session: AsyncSession, drafts: Sequence[Draft]) -> None:
    """Write the outbox rows, in order, each with its place in its subject. One statement for any count."""
    if drafts:
        await events.write(session, [_row(each) for each in drafts])


def _row(each: Draft) -> OutboxRow:
    declared = each.declared
    return OutboxRow(
        each.id, declared.name, declared.kind, each.subject, each.organization_id, envelope_json(each), each.time
    )


def envelope_json(each: Draft, sequence: int | None = None) -> str:
    """The CloudEvents envelope as JSON, still without its number; and without its sequence, where the statement that
    counts adds it."""
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
        "ownerid": context.owner_id,
        "dataref": each.dataref,
        "datasize": len(each.data) if each.dataref else None,
        "data": None if each.dataref else orjson.Fragment(each.data),
    }
    return orjson.dumps({name: value for name, value in attributes.items() if value is not None}).decode()


def numbered(envelope: str, number: int, after: str = "") -> bytes:
    """The envelope with its number, ready to travel. The stored JSON is a non-empty object, so one more member fits.
    ``after`` names earlier messages of the subject, as ``type=number`` with blanks between, that may still be on their
    way: whoever wants their types handles this one behind them."""
    more = f',"after":"{after}"' if after else ""
    return f'{envelope[:-1]},"number":{number}{more}}}'.encode()
