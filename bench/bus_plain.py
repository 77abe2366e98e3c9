"""The plain pattern, as most would write it: a transaction, a confirmed publish, an inbox commit, a handler commit.

It keeps no order, numbers nothing, loses what is not published when the process dies, and relays nothing.
"""

import asyncio
import time
from typing import Any

import aio_pika
import orjson
from sqlalchemy import String, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Mapped, mapped_column

from bench.bus_world import Base, Edit, Trace, revised
from harmonic_chassis.ids import new_id
from harmonic_contracts.messages.physics import UniverseRevised

POOL = 20
PREFETCH = 32


class Arrived(Base):
    """The plain inbox."""

    __tablename__ = "bench_arrived"
    event_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    body: Mapped[str]


class Producer:
    """Business transactions, each followed by its publish."""

    def __init__(self, database: str, channel: aio_pika.abc.AbstractChannel, queue: str) -> None:
        self._engine = create_async_engine(database, pool_size=POOL, max_overflow=0)
        self._channel = channel
        self._queue = queue

    async def flood(self, events: int, writers: int) -> dict[str, float]:
        """So many single events by so many writers at once."""
        began, cpu, left = time.monotonic(), time.process_time(), events

        async def write() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await self._one()

        await asyncio.gather(*(write() for _ in range(writers)))
        return {"began": began, "ended": time.monotonic(), "cpu": time.process_time() - cpu}

    async def _one(self) -> None:
        universe_id, event_id = new_id(), new_id()
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            session.add(Edit(edit_id=new_id(), universe_id=universe_id, revision=1))
        body = orjson.dumps({"id": event_id, "data": revised(universe_id, 1).model_dump()})
        message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await self._channel.default_exchange.publish(message, self._queue, mandatory=True)


class Consumer:
    """An inbox commit, the acknowledgement and a handler commit a message; many messages at once."""

    def __init__(self, database: str, note: Any) -> None:
        self._engine: AsyncEngine = create_async_engine(database, pool_size=POOL, max_overflow=0)
        self._note = note

    async def take(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        """One message, all the way."""
        body = orjson.loads(message.body)
        data = UniverseRevised.model_validate(body["data"])
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            values = {"event_id": body["id"], "body": message.body.decode()}
            await session.execute(insert(Arrived).values(values).on_conflict_do_nothing())
        await message.ack()
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            session.add(Trace(event_id=body["id"], universe_id=data.universe_id, revision=data.revision))
            await session.execute(delete(Arrived).where(Arrived.event_id == body["id"]))
        self._note(body["id"])


async def channel(url: str, queue: str) -> tuple[aio_pika.abc.AbstractChannel, aio_pika.abc.AbstractQueue]:
    """A confirming channel and the quorum queue."""
    connection = await aio_pika.connect(url)
    opened = await connection.channel(publisher_confirms=True)
    await opened.set_qos(prefetch_count=PREFETCH)
    return opened, await opened.declare_queue(queue, durable=True, arguments={"x-queue-type": "quorum"})
