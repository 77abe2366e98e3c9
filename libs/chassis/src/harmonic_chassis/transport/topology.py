"""The names on the broker, and their declaration. Arguments of a queue never change: its version is in its name."""

from typing import ClassVar

from pamqp import commands
from pamqp.common import FieldTable

from harmonic_chassis.transport.base import ConsumerSpec
from harmonic_chassis.transport.wire import Channel

DURABLE = ("events", "unrouted", "dead", "broadcast")


class Topology:
    """The exchanges and queues of one installation, whose names all begin with ``prefix``."""

    queues: ClassVar[set[str]] = set()
    """All that this process declared."""

    def __init__(self, prefix: str) -> None:
        self.events, self.unrouted, self.dead, self.broadcast = (f"{prefix}harmonic.{name}" for name in DURABLE)
        self._prefix = prefix

    async def declare_events(self, channel: Channel) -> None:
        """Where the relays publish; what nobody is bound to goes to the alternate exchange."""
        await _exchange(channel, self.unrouted, "fanout")
        await _exchange(channel, self.events, "topic", {"alternate-exchange": self.unrouted})

    async def declare_broadcasts(self, channel: Channel) -> None:
        """Where broadcasts go."""
        await _exchange(channel, self.broadcast, "topic")

    async def declare_inbox(self, channel: Channel, spec: ConsumerSpec) -> str:
        """A consumer's queue, bound to what it wants; returns its name. One instance of the consumer is active at a
        time, so that the order of the queue is the order of the inbox."""
        await self.declare_events(channel)
        await _exchange(channel, self.dead, "fanout")
        dead = await self._queue(channel, f"{self._prefix}harmonic.dead.v1", {})
        await channel.call(commands.Queue.Bind(queue=dead, exchange=self.dead, routing_key=""))
        last_resort: FieldTable = {"x-delivery-limit": 20, "x-dead-letter-exchange": self.dead}
        arguments = {"x-single-active-consumer": True, **last_resort}
        queue = await self._queue(channel, f"{self._prefix}{spec.name}.inbox.v1", arguments)
        for pattern in spec.patterns:
            await channel.call(commands.Queue.Bind(queue=queue, exchange=self.events, routing_key=pattern))
        return queue

    async def declare_ear(self, channel: Channel) -> str:
        """A queue of this connection alone, for broadcasts; it drops the oldest."""
        bounds: FieldTable = {"x-max-length": 10_000, "x-overflow": "drop-head"}
        declared = await channel.call(commands.Queue.Declare(exclusive=True, auto_delete=True, arguments=bounds))
        return str(declared.queue)

    async def _queue(self, channel: Channel, name: str, arguments: FieldTable) -> str:
        self.queues.add(name)
        quorum: FieldTable = {"x-queue-type": "quorum", **arguments}
        await channel.call(commands.Queue.Declare(queue=name, durable=True, arguments=quorum))
        return name


async def _exchange(channel: Channel, name: str, kind: str, arguments: FieldTable | None = None) -> None:
    await channel.call(
        commands.Exchange.Declare(exchange=name, exchange_type=kind, durable=True, arguments=arguments or {})
    )
