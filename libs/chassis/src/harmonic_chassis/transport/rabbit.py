"""The transport between processes: RabbitMQ 3.10 and 4.x, used so that both behave alike.

Durable: a topic exchange, one quorum queue a consumer (one instance active at a time, so that the order of the queue is
the order of the inbox), pipelined publisher confirms, acknowledged after the inbox commit. Attempts, order under
retries and dead letters are the inbox's affair; the broker's delivery limit and dead letter exchange are the last
resort only. Broadcast: exclusive auto-delete queues.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from pamqp import commands

from harmonic_chassis.points import reach
from harmonic_chassis.transport import frames, wire
from harmonic_chassis.transport.base import ConsumerSpec, InboxPort, Outcome, Outgoing
from harmonic_chassis.transport.listeners import Listeners
from harmonic_chassis.transport.publisher import Publisher
from harmonic_chassis.transport.session import CONNECT_S, first_of
from harmonic_chassis.transport.topology import DURABLE, Topology
from harmonic_chassis.transport.wire import Channel, Wire
from harmonic_chassis.transport.wire_session import BROKEN, WireSession

log = logging.getLogger(__name__)

WINDOW = 256
PREFETCH = 300
RETRY_S = 0.5


class _Ear(WireSession):
    """Hears broadcasts for all listeners of this process."""

    def __init__(self, url: str, topology: Topology, listeners: Listeners) -> None:
        super().__init__(url, "ear")
        self._topology = topology
        self._listeners = listeners
        self._patterns: Counter[str] = Counter()
        self._channel: Channel | None = None
        self._queue = ""

    async def open(self, connection: Wire) -> None:
        channel = await connection.open_channel()
        channel.on_deliver = self._hear
        await self._topology.declare_broadcasts(channel)
        self._queue = await self._topology.declare_ear(channel)
        self._channel = channel
        for pattern in list(self._patterns):
            await self._bind(pattern)
        await channel.call(commands.Basic.Consume(queue=self._queue, no_ack=True))

    def _hear(self, delivered: frames.Deliver, body: bytes) -> None:
        self._listeners.hear(delivered.routing_key, orjson.loads(body))

    async def _bind(self, pattern: str) -> None:
        if self._channel is not None:
            there = self._topology.broadcast
            await self._channel.call(commands.Queue.Bind(queue=self._queue, exchange=there, routing_key=pattern))

    async def _unbind(self, pattern: str) -> None:
        if self._channel is not None and self.up.is_set():
            there = self._topology.broadcast
            await self._channel.call(commands.Queue.Unbind(queue=self._queue, exchange=there, routing_key=pattern))

    @asynccontextmanager
    async def listening(self, pattern: str) -> AsyncIterator[None]:
        self.start()
        self._patterns[pattern] += 1
        with contextlib.suppress(*BROKEN):
            if await self.is_up(CONNECT_S):
                await self._bind(pattern)
        try:
            yield
        finally:
            self._patterns[pattern] -= 1
            if not self._patterns[pattern]:
                del self._patterns[pattern]
                with contextlib.suppress(*BROKEN):
                    await self._unbind(pattern)


class _Consumer(WireSession):
    """One instance of a durable consumer: batches of what arrives go to the inbox, and are acknowledged once kept."""

    def __init__(self, url: str, topology: Topology, spec: ConsumerSpec, inbox: InboxPort, prefetch: int) -> None:
        super().__init__(url, f"{spec.name}.inbox")
        self._topology = topology
        self._spec = spec
        self._inbox = inbox
        self._prefetch = prefetch
        self._tags: list[int] = []
        self._bodies: list[bytes] = []
        self._news = asyncio.Event()
        self._channel: Channel | None = None

    async def open(self, connection: Wire) -> None:
        channel = await connection.open_channel()
        channel.on_deliver = self._take
        await channel.call(commands.Basic.Qos(prefetch_count=self._prefetch))
        self._tags, self._bodies, self._channel = [], [], channel
        queue = await self._topology.declare_inbox(channel, self._spec)
        await channel.call(commands.Basic.Consume(queue=queue, consumer_tag=self.name))

    def _take(self, delivered: frames.Deliver, body: bytes) -> None:
        self._tags.append(delivered.delivery_tag)
        self._bodies.append(body)
        self._news.set()

    async def serve(self) -> None:
        while not self.lost.is_set() and not self.stopping.is_set():
            await first_of(self._news, self.lost, self.stopping)
            await self._deliver()
        if not self.lost.is_set() and self._channel is not None:
            await self._channel.call(commands.Basic.Cancel(consumer_tag=self.name))
            await self._deliver()

    async def _deliver(self) -> None:
        self._news.clear()
        tags, bodies, self._tags, self._bodies = self._tags, self._bodies, [], []
        if not tags or self._channel is None:
            return
        refused = await self._keep(bodies)
        if refused is None:
            return
        reach("inbox.before_ack")
        self._channel.wire.write(self._answers(tags, refused, self._channel.number))
        reach("inbox.acknowledged")

    def _answers(self, tags: list[int], refused: list[int], channel: int) -> bytes:
        """What is no message goes to the broker's dead letters; what is kept is acknowledged, all at once."""
        for _ in refused:
            log.error("unreadable message sent to the broker's dead letters", extra={"queue": self._spec.name})
        garbage = b"".join(frames.reject(channel, tags[place], requeue=False) for place in refused)
        kept = [tag for place, tag in enumerate(tags) if place not in set(refused)] if refused else tags
        return garbage + (frames.ack(channel, kept[-1], multiple=True) if kept else b"")

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
        self._prefetch = prefetch
        self._topology = Topology(prefix)
        self._listeners = Listeners()
        self._publisher = Publisher(url, self._topology, window)
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
        return await self._publisher.publish(messages)

    async def consume(self, spec: ConsumerSpec, inbox: InboxPort) -> _Consumer:
        consumer = _Consumer(self._url, self._topology, spec, inbox, self._prefetch)
        self._consumers.append(consumer)
        consumer.start()
        await consumer.is_up(CONNECT_S)
        return consumer

    async def broadcast(self, topic: str, payload: dict[str, Any]) -> None:
        self._publisher.broadcast(topic, payload)

    @asynccontextmanager
    async def listen(self, pattern: str) -> AsyncIterator[AsyncIterator[tuple[str, dict[str, Any]]]]:
        async with self._listeners.listen(pattern) as heard, self._ear.listening(pattern):
            yield heard


async def answers(url: str) -> bool:
    """Whether a broker speaks AMQP with us at this URL."""
    try:
        connection = await _plain(url)
    except BROKEN:
        return False
    await connection.close()
    return True


async def remove(url: str, prefix: str) -> None:
    """Delete what this process declared under a prefix: for tests that share a vhost."""
    connection = await _plain(url)
    try:
        channel = await connection.open_channel()
        for queue in [name for name in Topology.queues if name.startswith(prefix)]:
            await channel.call(commands.Queue.Delete(queue=queue))
        for exchange in DURABLE:
            await channel.call(commands.Exchange.Delete(exchange=f"{prefix}harmonic.{exchange}"))
    finally:
        await connection.close()


async def _plain(url: str) -> Wire:
    return await wire.connect(url, name="once", timeout_s=CONNECT_S, on_lost=lambda: None)
