"""The transport within one process: the relay writes each consumer's durable inbox itself.

There is no queue in memory, so there is nothing to drop: DELIVERED means committed in the database of every consumer.
"""

import itertools
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import orjson

from harmonic_chassis.transport.base import ConsumerSpec, InboxPort, Outcome, Outgoing, matches
from harmonic_chassis.transport.listeners import Listeners

log = logging.getLogger(__name__)


class _Consumer:
    """A consumer and its competing instances, which share one database."""

    def __init__(self, spec: ConsumerSpec) -> None:
        self.spec = spec
        self.instances: list[InboxPort] = []
        self._turns: Iterator[int] = itertools.count()

    def wants(self, type_: str) -> bool:
        return any(matches(pattern, type_) for pattern in self.spec.patterns)

    async def receive(self, bodies: list[bytes]) -> None:
        instance = self.instances[next(self._turns) % len(self.instances)]
        refused = await instance.receive(bodies)
        for place in refused:
            log.error("unreadable message dropped from the local transport", extra={"body": bodies[place][:200]})


class LocalTransport:
    """Shared by all services of one process. With ``hold`` nothing is delivered until ``release``: the process starts
    its services in turn, and what the first says waits in its outbox, in order, until the last listens."""

    def __init__(self, *, hold: bool = False) -> None:
        self._consumers: dict[str, _Consumer] = {}
        self._listeners = Listeners()
        self._held = hold

    def release(self) -> None:
        """All services listen now: deliver."""
        self._held = False

    async def start(self) -> None:
        """Nothing to connect."""

    async def stop(self) -> None:
        """Nothing to close: the services close their own subscriptions."""

    async def ready(self) -> bool:
        return not self._held

    async def publish(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        if self._held:
            return [Outcome.FAILED] * len(messages)
        outcomes = [Outcome.UNROUTED] * len(messages)
        for consumer in list(self._consumers.values()):
            places = [place for place, each in enumerate(messages) if consumer.wants(each.type)]
            if places:
                outcome = await self._deliver(consumer, [messages[place].body for place in places])
                for place in places:
                    outcomes[place] = Outcome.FAILED if Outcome.FAILED in (outcomes[place], outcome) else outcome
        return outcomes

    async def _deliver(self, consumer: _Consumer, bodies: list[bytes]) -> Outcome:
        if not consumer.instances:
            return Outcome.FAILED
        try:
            await consumer.receive(bodies)
        except Exception:
            log.exception("inbox did not take a batch", extra={"consumer": consumer.spec.name})
            return Outcome.FAILED
        return Outcome.DELIVERED

    async def consume(self, spec: ConsumerSpec, inbox: InboxPort) -> "_LocalSubscription":
        consumer = self._consumers.get(spec.name)
        if consumer is None:
            consumer = self._consumers[spec.name] = _Consumer(spec)
        consumer.spec = spec
        consumer.instances.append(inbox)
        return _LocalSubscription(consumer, inbox)

    async def broadcast(self, topic: str, payload: dict[str, Any]) -> None:
        # A copy by way of JSON, as between processes: a listener can neither change nor keep the sender's objects.
        self._listeners.hear(topic, orjson.loads(orjson.dumps(payload)))

    def listen(self, pattern: str) -> AbstractAsyncContextManager[AsyncIterator[tuple[str, dict[str, Any]]]]:
        return self._listeners.listen(pattern)


class _LocalSubscription:
    def __init__(self, consumer: _Consumer, inbox: InboxPort) -> None:
        self._consumer = consumer
        self._inbox = inbox

    async def close(self) -> None:
        """Stop taking. The consumer itself stays known, like a durable queue: what comes for it waits in the outbox."""
        if self._inbox in self._consumer.instances:
            self._consumer.instances.remove(self._inbox)
