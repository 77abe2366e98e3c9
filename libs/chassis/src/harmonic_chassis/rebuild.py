"""Rebuilding a service's projections from the producers' event logs alone, while everything else goes on.

The logs are replayed through the service's own handlers into an empty database beside it, in the order of the events'
times (each producer's own order kept), with whatever they say or start thrown away. Then, in one transaction that
keeps handlers out of the projections, what came meanwhile is replayed too and the rows are exchanged: readers see the
old ones or the new ones, and no event that was handled meanwhile is lost.
"""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis import context
from harmonic_chassis.claim_check import ArtifactClaimCheck
from harmonic_chassis.database import Database
from harmonic_chassis.dialects.locks import keep_writers_out
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.handlers import Handler, Message
from harmonic_chassis.projections import BATCH, Projection, projections_of
from harmonic_chassis.reconcile import EventSource
from harmonic_chassis.service import Chassis
from harmonic_chassis.tables import metadata
from harmonic_chassis.tables.event_path import seen
from harmonic_chassis.transport.local import LocalTransport
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.envelope import Envelope
from harmonic_contracts.registry import of_type

log = logging.getLogger(__name__)
PAGE = 500
CATCH_UP_S = 30.0


class CannotRebuild(RuntimeError):
    """The projections stay as they are, for this reason."""


async def rebuild(live: Chassis, source: EventSource) -> dict[str, int]:
    """Make the projections of a service anew; returns how many rows each has now. Raises CannotRebuild, and changes
    nothing, where a log does not answer or ends before what was received from it."""
    projections = projections_of(live.service)
    async with _beside(live) as scratch:
        replay = _Replay(scratch, source)
        await replay.to_the_end()
        async with live.db.transaction() as uow:
            await keep_writers_out(uow.session, [each.table for each in projections])
            await _catch_up(replay, await _received(uow.session))
            return {each.table.name: await _exchange(uow.session, each, scratch.db) for each in projections}


@asynccontextmanager
async def _beside(live: Chassis) -> AsyncIterator[Chassis]:
    """The same service on an empty database of its own, with nothing at work."""
    with tempfile.TemporaryDirectory(prefix="rebuild-") as folder:
        url = SecretStr(f"sqlite+aiosqlite:///{Path(folder) / 'scratch.db'}")
        settings = live.settings.model_copy(update={"database_url": url})
        scratch = Chassis(live.service, settings, LocalTransport(), live.peers, live.clock)
        async with scratch.db.writer.begin() as connection:
            for tables in (metadata, live.service.metadata):
                await connection.run_sync(tables.create_all)
        try:
            yield scratch
        finally:
            await scratch.db.close()


class _Log:
    """One producer's log, read page by page."""

    def __init__(self, producer: str, types: Sequence[str], source: EventSource) -> None:
        self.producer = producer
        self.reached = 0
        self._types = types
        self._source = source
        self._ahead: list[tuple[datetime, dict[str, Any]]] = []
        self._read_to = 0

    async def next_time(self) -> datetime | None:
        """When the next event was said; None at the end of the log, for now."""
        more = True
        while not self._ahead and more:
            page = await self._source.read(self.producer, after=self._read_to, patterns=self._types, limit=PAGE)
            events = [orjson.loads(each) for each in page.events]
            self._ahead = [(datetime.fromisoformat(each["time"]), each) for each in events][::-1]
            self._read_to, more = page.next, page.more
        if not self._ahead:
            self.reached = self._read_to
        return self._ahead[-1][0] if self._ahead else None

    def take(self) -> dict[str, Any]:
        """The next event."""
        _, event = self._ahead.pop()
        self.reached = event["number"]
        return event


class _Replay:
    """Runs the handlers of a service over the logs of all producers that they listen to."""

    def __init__(self, scratch: Chassis, source: EventSource) -> None:
        self._scratch = scratch
        self._claims = ArtifactClaimCheck(scratch.artifacts)
        consumers = scratch._handlers().by_consumer(scratch.service.name)
        self._handlers: dict[str, list[Handler]] = {}
        for types in consumers.values():
            for name, handler in types.items():
                if of_type(name).kind == "event":
                    self._handlers.setdefault(name, []).append(handler)
        producers = sorted({of_type(name).service for name in self._handlers})
        self.logs = [_Log(each, self._types_of(each), source) for each in producers]

    def _types_of(self, producer: str) -> list[str]:
        return sorted(name for name in self._handlers if of_type(name).service == producer)

    async def to_the_end(self) -> None:
        """Replay what the logs hold now."""
        try:
            while events := await self._next_events():
                await self._handle(events)
        except DependencyDown as down:
            raise CannotRebuild(f"the event logs cannot be read: {down}") from down

    async def _next_events(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        while len(events) < BATCH:
            times = [(await log.next_time(), place) for place, log in enumerate(self.logs)]
            ready = [(time, place) for time, place in times if time is not None]
            if not ready:
                break
            events.append(self.logs[min(ready)[1]].take())
        return events

    async def _handle(self, events: list[dict[str, Any]]) -> None:
        async with self._scratch.db.transaction() as uow:
            for event in events:
                await self._handle_one(event, uow)
            # What the handlers said and started was said and started when the events were new.
            uow.effects.drafts.clear()
            uow.effects.after.clear()

    async def _handle_one(self, event: dict[str, Any], uow: UnitOfWork) -> None:
        if event.get("dataref") and event.get("data") is None:
            event["data"] = orjson.loads(await self._claimed(event))
        envelope = Envelope.model_validate(event)
        for handler in self._handlers[envelope.type]:
            message = Message(handler.model.model_validate(envelope.data or {}), envelope)
            with context.use(message.context):
                await handler.handle(message, uow.within(message.context), self._scratch)
                await uow.session.flush()

    async def _claimed(self, event: dict[str, Any]) -> bytes:
        organization_id = event.get("organizationid")
        return await self._claims.get(
            event["source"], event["dataref"], event["datasize"], organization_id=organization_id
        )


async def _received(session: AsyncSession) -> dict[str, int]:
    """The newest number received from each producer, by any consumer."""
    found = await session.execute(
        select(seen.c.source, func.max(seen.c.number).label("newest")).group_by(seen.c.source)
    )
    return {row.source: row.newest for row in found}


async def _catch_up(replay: _Replay, received: dict[str, int]) -> None:
    """Replay what was received meanwhile. A producer logs a message a moment after it was delivered."""
    try:
        async with asyncio.timeout(CATCH_UP_S):
            while True:
                await replay.to_the_end()
                behind = [log for log in replay.logs if log.reached < received.get(log.producer, 0)]
                if not behind:
                    return
                await asyncio.sleep(0.1)
    except TimeoutError:
        told = ", ".join(f"{log.producer} ends at {log.reached} of {received[log.producer]}" for log in behind)
        raise CannotRebuild(f"what was received is not in the event logs: {told}") from None


async def _exchange(session: AsyncSession, projection: Projection, scratch: Database) -> int:
    """Put the scratch's rows in place of the live ones."""
    gone = delete(projection.table)
    await session.execute(gone if projection.only is None else gone.where(projection.only))
    count = 0
    async with scratch.reading() as reading:
        found = await reading.stream(projection.rows(), execution_options={"yield_per": BATCH})
        async for rows in found.mappings().partitions(BATCH):
            await session.execute(insert(projection.table), [dict(row) for row in rows])
            count += len(rows)
    return count
