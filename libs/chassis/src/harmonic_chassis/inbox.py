"""The inbox: every message is kept durably, once, before it is acknowledged; dead letters are kept until replayed.

Dedupe never forgets: the (source, number) of each message ever received stays in a narrow table.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, literal_column, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.database import Database
from harmonic_chassis.dialects import insert
from harmonic_chassis.tables.event_path import inbox, seen
from harmonic_chassis.uow import UnitOfWork

log = logging.getLogger(__name__)

PENDING = inbox.c.state == literal_column("'pending'")
"""Written as a literal, because a partial index is used only where the condition is known when the query is planned."""
DEAD = inbox.c.state == literal_column("'dead'")
UNKNOWN = inbox.c.state == literal_column("'unknown'")
REQUIRED: dict[str, type] = {"source": str, "number": int, "id": str, "type": str, "subject": str, "sequence": int}


class Inbox:
    """The inbox of one consumer of a service. What is not among the ``types`` that it can handle is kept as unknown,
    until code that knows it starts."""

    def __init__(self, db: Database, consumer: str, types: Collection[str]) -> None:
        self._db = db
        self._types = frozenset(types)
        self.consumer = consumer

    async def receive(self, bodies: Sequence[bytes]) -> list[int]:
        """Keep the new messages, in one transaction of two statements; returns the places of the unreadable."""
        parsed = [_parse(body) for body in bodies]
        messages: dict[tuple[str, int], tuple[dict[str, Any], bytes]] = {}
        for message, body in zip(parsed, bodies, strict=True):
            if message is not None:
                messages.setdefault((message["source"], message["number"]), (message, body))
        if messages:
            await self._keep(messages)
        return [place for place, message in enumerate(parsed) if message is None]

    async def _keep(self, messages: dict[tuple[str, int], tuple[dict[str, Any], bytes]]) -> None:
        now = self._db.clock.now()
        async with self._db.transaction() as uow:
            fresh = await self._unseen(uow.session, sorted(messages))
            rows = [self._row(*messages[key], now) for key in fresh]
            if rows:
                await uow.session.execute(plain_insert(inbox), rows)
                uow.touch("inbox")
            if any(row["remote"] for row in rows):
                uow.touch("remote")

    async def _unseen(self, session: AsyncSession, keys: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """Mark all as seen; returns those that were not. Sorted, so that two instances cannot wait for each other."""
        marked = await session.execute(
            insert(session, seen).on_conflict_do_nothing().returning(seen.c.source, seen.c.number),
            [{"consumer": self.consumer, "source": source, "number": number} for source, number in keys],
        )
        return sorted((row.source, row.number) for row in marked)

    def _row(self, message: dict[str, Any], body: bytes, now: datetime) -> dict[str, Any]:
        known = message["type"] in self._types
        if not known:
            log.warning("message of an unknown type kept", extra={"type": message["type"], "message_id": message["id"]})
        return {
            "consumer": self.consumer,
            **{name: message[name] for name in REQUIRED},
            "envelope": body.decode(),
            "state": "pending" if known else "unknown",
            "remote": int(message.get("dataref") is not None and message.get("data") is None),
            "attempts": 0,
            "due_at": now,
            "received_at": now,
            "trace_id": _trace_id(message.get("traceparent")),
        }


def _parse(body: bytes) -> dict[str, Any] | None:
    """The envelope as a mapping, or None for what is no message of the house."""
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(message, dict):
        return None
    return message if all(isinstance(message.get(name), kind) for name, kind in REQUIRED.items()) else None


def _trace_id(traceparent: Any) -> str | None:
    parts = traceparent.split("-") if isinstance(traceparent, str) else []
    return parts[1] if len(parts) == 4 and len(parts[1]) == 32 else None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be handled, with the reason."""

    id: str
    consumer: str
    source: str
    number: int
    type: str
    subject: str
    attempts: int
    error: str | None
    trace_id: str | None
    received_at: datetime
    failed_at: datetime | None
    envelope: dict[str, Any]


async def dead_letters(session: AsyncSession, *, limit: int = 100, after: str | None = None) -> list[DeadLetter]:
    """Dead letters in the order of their ids (the order of their making), after the given one."""
    query = select(inbox).where(DEAD).order_by(inbox.c.id).limit(limit)
    if after is not None:
        query = query.where(inbox.c.id > after)
    return [_dead_letter(row) for row in (await session.execute(query)).mappings()]


def _dead_letter(row: Any) -> DeadLetter:
    names = DeadLetter.__dataclass_fields__.keys() - {"envelope"}
    return DeadLetter(envelope=orjson.loads(row["envelope"]), **{name: row[name] for name in names})


async def replay(uow: UnitOfWork, message_id: str) -> bool:
    """Handle a dead letter again, with all its attempts; False when there is no such dead letter."""
    revived = await uow.session.execute(
        update(inbox)
        .where(DEAD, inbox.c.id == message_id)
        .values(state="pending", attempts=0, due_at=uow.clock.now(), error=None, failed_at=None)
        .returning(inbox.c.position)
    )
    uow.touch("inbox")
    return bool(revived.scalars().all())


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many messages wait (pending), are dead, or are of an unknown type."""
    rows = await session.execute(select(inbox.c.state, func.count().label("number")).group_by(inbox.c.state))
    found = {row.state: row.number for row in rows}
    return {state: found.get(state, 0) for state in ("pending", "dead", "unknown")}
