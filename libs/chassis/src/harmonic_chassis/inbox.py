"""The inbox: every message is kept durably, once, before it is acknowledged; dead letters are kept until replayed.

Dedupe never forgets: the (source, number) of each message ever received stays in a narrow table.
"""

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis import tracing
from harmonic_chassis.database import Database
from harmonic_chassis.dialects.event_store import WAITS_FOR_EARLIER, InboxRow
from harmonic_chassis.order import Order
from harmonic_chassis.points import reach
from harmonic_chassis.tables.event_path import inbox
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
        self._order = Order(db, consumer, self._types)
        self.consumer = consumer

    async def receive(self, bodies: Sequence[bytes]) -> list[int]:
        """Keep the new messages, in one transaction; returns the places of the unreadable."""
        refused: list[int] = []
        messages: dict[tuple[str, int], tuple[dict[str, Any], bytes]] = {}
        for place, body in enumerate(bodies):
            message = _parse(body)
            if message is None:
                refused.append(place)
            elif not self._order.known((message["source"], message["number"])):
                messages.setdefault((message["source"], message["number"]), (message, body))
        if messages:
            await self._keep(messages)
        return refused

    async def _keep(self, messages: dict[tuple[str, int], tuple[dict[str, Any], bytes]]) -> None:
        held = await self._order.too_early([message for message, _ in messages.values()])
        rows = [self._row(*messages[key], key in held) for key in sorted(messages)]
        began = time.time_ns()
        reach("inbox.before_commit")
        kept = await self._db.events.keep(self.consumer, rows, now=self._db.clock.now())
        reach("inbox.committed")
        self._db.flow.received(rows[0].id, self._db.clock.now())
        if tracing.active():
            tracing.received(self._db.service, self.consumer, [each for each, _ in messages.values()], began)
        if kept:
            self._db.announce("inbox", *(("remote",) if any(row.remote == 1 for row in rows) else ()))
        if self._order.came(messages):
            await self.release()

    async def release(self) -> None:
        """Let those be handled that were kept for an earlier one of their subject, where that one has come."""
        if await self._order.release():
            self._db.announce("inbox")

    def _row(self, message: dict[str, Any], body: bytes, held: bool) -> InboxRow:
        known = message["type"] in self._types
        if not known:
            log.warning("message of an unknown type kept", extra={"type": message["type"], "message_id": message["id"]})
        remote = int(message.get("dataref") is not None and message.get("data") is None)
        return InboxRow(
            message["source"],
            message["number"],
            message["id"],
            message["type"],
            message["subject"],
            message["sequence"],
            body.decode(),
            "pending" if known else "unknown",
            WAITS_FOR_EARLIER if held and not remote else remote,
            _trace_id(message.get("traceparent")),
        )


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
