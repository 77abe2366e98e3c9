"""The transport between processes: RabbitMQ 3.10 and 4.x, used so that both behave alike.

Durable: a topic exchange, one quorum queue a consumer (one instance active at a time, so that the order of the queue is
the order of the inbox), pipelined publisher confirms, acknowledged after the inbox commit. Attempts, order under
retries and dead letters are the inbox's affair; the broker's delivery limit and dead letter exchange are the last
resort only. Broadcast: exclusive auto-delete queues.

One file, though a long one: it alone may import aio_pika.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import aio_pika
import orjson
from aio_pika import DeliveryMode, ExchangeType, Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import AMQPError, PublishError
from aiormq.abc import FieldTable

from harmonic_chassis.transport.base import ConsumerSpec, InboxPort, Outcome, Outgoing
from harmonic_chassis.transport.listeners import Listeners
from harmonic_chassis.transport.session import CONNECT_S, Session, first_of
from harmonic_contracts.envelope import CONTENT_TYPE

log = logging.getLogger(__name__)

WINDOW = 256
PREFETCH = 200
CONFIRM_S = 30.0
RETRY_S = 0.5
BROKEN = (AMQPError, OSError, RuntimeError, TimeoutError)
"""What a call on a broken connection or channel raises."""


class _Session(Session):
    broken = BROKEN

    def __init__(self, url: str, name: str) -> None:
        super().__init__(name)
        self._url = url

    async def connect(self) -> AbstractConnection:
        named: FieldTable = {"connection_name": self.name}
        connection = await aio_pika.connect(self._url, timeout=CONNECT_S, client_properties=named)
        connection.close_callbacks.add(self.drop)
        return connection

    async def channel(self, connection: AbstractConnection, **options: bool) -> AbstractChannel:
        channel = await connection.channel(**options)
        channel.close_callbacks.add(self.drop)
        return channel


class _Topology:
    """The names on the broker, and their declaration. Arguments of a queue never change: its version is in its name."""

    queues: ClassVar[set[str]] = set()
    """All that this process declared."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    async def events(self, channel: AbstractChannel) -> AbstractExchange:
        await channel.declare_exchange(f"{self.prefix}harmonic.unrouted", ExchangeType.FANOUT, durable=True)
        return await channel.declare_exchange(
            f"{self.prefix}harmonic.events",
            ExchangeType.TOPIC,
            durable=True,
            arguments={"alternate-exchange": f"{self.prefix}harmonic.unrouted"},
        )

    async def broadcasts(self, channel: AbstractChannel) -> AbstractExchange:
        return await channel.declare_exchange(f"{self.prefix}harmonic.broadcast", ExchangeType.TOPIC, durable=True)

    async def inbox(self, channel: AbstractChannel, spec: ConsumerSpec) -> AbstractQueue:
        exchange = await self.events(channel)
        dead = await channel.declare_exchange(f"{self.prefix}harmonic.dead", ExchangeType.FANOUT, durable=True)
        quorum: FieldTable = {"x-queue-type": "quorum"}
        dead_queue = await channel.declare_queue(f"{self.prefix}harmonic.dead.v1", durable=True, arguments=quorum)
        await dead_queue.bind(dead)
        name = f"{self.prefix}{spec.name}.inbox.v1"
        self.queues.update((name, dead_queue.name))
        queue = await channel.declare_queue(
            name,
            durable=True,
            arguments={
                **quorum,
                "x-single-active-consumer": True,
                "x-delivery-limit": 20,
                "x-dead-letter-exchange": dead.name,
            },
        )
        for pattern in spec.patterns:
            await queue.bind(exchange, pattern)
        return queue


class _Publisher(_Session):
    def __init__(self, url: str, topology: _Topology) -> None:
        super().__init__(url, "publisher")
        self._topology = topology
        self.events: AbstractExchange | None = None
        self.broadcasts: AbstractExchange | None = None

    async def open(self, connection: AbstractConnection) -> None:
        self.events = await self._topology.events(
            await self.channel(connection, publisher_confirms=True, on_return_raises=True)
        )
        self.broadcasts = await self._topology.broadcasts(await self.channel(connection, publisher_confirms=False))

    async def publish(self, message: Outgoing) -> Outcome:
        envelope = Message(
            message.body,
            message_id=message.id,
            type=message.type,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT,
            headers={"cloudEvents:source": message.source, "number": message.number},
        )
        assert self.events is not None
        try:
            await self.events.publish(envelope, message.type, mandatory=True, timeout=CONFIRM_S)
        except PublishError:
            return Outcome.UNROUTED
        except BROKEN:
            return Outcome.FAILED
        return Outcome.DELIVERED


class _Ear(_Session):
    """Hears broadcasts for all listeners of this process."""

    def __init__(self, url: str, topology: _Topology, listeners: Listeners) -> None:
        super().__init__(url, "ear")
        self._topology = topology
        self._listeners = listeners
        self._patterns: Counter[str] = Counter()
        self._bound: tuple[AbstractQueue, AbstractExchange] | None = None

    async def open(self, connection: AbstractConnection) -> None:
        channel = await self.channel(connection, publisher_confirms=False)
        exchange = await self._topology.broadcasts(channel)
        bounds: FieldTable = {"x-max-length": 10_000, "x-overflow": "drop-head"}
        queue = await channel.declare_queue(exclusive=True, auto_delete=True, arguments=bounds)
        self._bound = (queue, exchange)
        for pattern in list(self._patterns):
            await queue.bind(exchange, pattern)
        await queue.consume(self._hear, no_ack=True)

    async def _hear(self, message: AbstractIncomingMessage) -> None:
        self._listeners.hear(message.routing_key or "", orjson.loads(message.body))

    @asynccontextmanager
    async def listening(self, pattern: str) -> AsyncIterator[None]:
        self.start()
        self._patterns[pattern] += 1
        with contextlib.suppress(*BROKEN):
            if await self.is_up(CONNECT_S) and self._bound is not None:
                await self._bound[0].bind(self._bound[1], pattern)
        try:
            yield
        finally:
            self._patterns[pattern] -= 1
            if not self._patterns[pattern]:
                del self._patterns[pattern]
                with contextlib.suppress(*BROKEN):
                    if self.up.is_set() and self._bound is not None:
                        await self._bound[0].unbind(self._bound[1], pattern)


class _Consumer(_Session):
    """One instance of a durable consumer: batches of what arrives go to the inbox, and are acknowledged once kept."""

    def __init__(self, url: str, topology: _Topology, spec: ConsumerSpec, inbox: InboxPort, prefetch: int) -> None:
        super().__init__(url, f"{spec.name}.inbox")
        self._topology = topology
        self._spec = spec
        self._inbox = inbox
        self._prefetch = prefetch
        self._arrived: list[AbstractIncomingMessage] = []
        self._news = asyncio.Event()
        self._queue: AbstractQueue | None = None
        self._tag = ""

    async def open(self, connection: AbstractConnection) -> None:
        channel = await self.channel(connection, publisher_confirms=False)
        await channel.set_qos(prefetch_count=self._prefetch)
        self._arrived = []
        self._queue = await self._topology.inbox(channel, self._spec)
        self._tag = await self._queue.consume(self._take)

    async def _take(self, message: AbstractIncomingMessage) -> None:
        self._arrived.append(message)
        self._news.set()

    async def serve(self) -> None:
        while not self.lost.is_set() and not self.stopping.is_set():
            await first_of(self._news, self.lost, self.stopping)
            await self._deliver()
        if not self.lost.is_set() and self._queue is not None:
            await self._queue.cancel(self._tag)
            await self._deliver()

    async def _deliver(self) -> None:
        self._news.clear()
        batch, self._arrived = self._arrived, []
        if not batch:
            return
        refused = await self._keep([message.body for message in batch])
        if refused is None:
            return
        for place in refused:
            log.error("unreadable message sent to the broker's dead letters", extra={"queue": self._spec.name})
            await batch[place].reject(requeue=False)
        kept = [message for place, message in enumerate(batch) if place not in set(refused)]
        if kept:
            await kept[-1].ack(multiple=True)

    async def _keep(self, bodies: list[bytes]) -> list[int] | None:
        """Hold the batch, unacknowledged, until the inbox takes it; None when the connection went meanwhile: then the
        broker delivers it again."""
        while not self.lost.is_set():
            try:
                return await self._inbox.receive(bodies)
            except Exception:
                log.exception("inbox did not take a batch, tried again", extra={"consumer": self._spec.name})
            if self.stopping.is_set():
                return None
            await first_of(self.lost, self.stopping, patience_s=RETRY_S)
        return None

    async def close(self) -> None:
        await self.stop()


class RabbitTransport:
    """``prefix`` sets the names of one installation (or test) apart on a shared vhost."""

    def __init__(self, url: str, *, prefix: str = "", window: int = WINDOW, prefetch: int = PREFETCH) -> None:
        self._url = url
        self._window = window
        self._prefetch = prefetch
        self._topology = _Topology(prefix)
        self._listeners = Listeners()
        self._publisher = _Publisher(url, self._topology)
        self._ear = _Ear(url, self._topology, self._listeners)
        self._consumers: list[_Consumer] = []

    async def start(self) -> None:
        self._publisher.start()

    async def stop(self) -> None:
        for session in (*self._consumers, self._ear, self._publisher):
            await session.stop()
        self._consumers.clear()

    async def ready(self) -> bool:
        return self._publisher.up.is_set()

    async def publish(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for first in range(0, len(messages), self._window):
            window = messages[first : first + self._window]
            if not await self._publisher.is_up(CONNECT_S) or Outcome.FAILED in outcomes:
                outcomes += [Outcome.FAILED] * len(window)
            else:
                # Tasks start in order and queue for the channel in order: so the broker sees the messages in order.
                outcomes += await asyncio.gather(*[self._publisher.publish(message) for message in window])
        return outcomes

    async def consume(self, spec: ConsumerSpec, inbox: InboxPort) -> _Consumer:
        consumer = _Consumer(self._url, self._topology, spec, inbox, self._prefetch)
        self._consumers.append(consumer)
        consumer.start()
        await consumer.is_up(CONNECT_S)
        return consumer

    async def broadcast(self, topic: str, payload: dict[str, Any]) -> None:
        exchange = self._publisher.broadcasts
        if self._publisher.up.is_set() and exchange is not None:
            with contextlib.suppress(*BROKEN):
                await exchange.publish(Message(orjson.dumps(payload)), topic, mandatory=False, timeout=1.0)

    @asynccontextmanager
    async def listen(self, pattern: str) -> AsyncIterator[AsyncIterator[tuple[str, dict[str, Any]]]]:
        async with self._listeners.listen(pattern) as heard, self._ear.listening(pattern):
            yield heard


async def answers(url: str) -> bool:
    """Whether a broker speaks AMQP with us at this URL."""
    try:
        connection = await aio_pika.connect(url, timeout=CONNECT_S)
    except BROKEN:
        return False
    await connection.close()
    return True


async def remove(url: str, prefix: str) -> None:
    """Delete what this process declared under a prefix: for tests that share a vhost."""
    async with await aio_pika.connect(url, timeout=CONNECT_S) as connection:
        channel = await connection.channel()
        for queue in [name for name in _Topology.queues if name.startswith(prefix)]:
            await channel.queue_delete(queue)
        for exchange in ("events", "unrouted", "dead", "broadcast"):
            await channel.exchange_delete(f"{prefix}harmonic.{exchange}")
