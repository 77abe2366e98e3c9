"""Faults to test the event path with: a clock that steps, a way between services that lies, an inbox that refuses."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from harmonic_chassis.clock import SystemClock
from harmonic_chassis.context import current
from harmonic_chassis.ids import new_id
from harmonic_chassis.transport.base import ConsumerSpec, InboxPort, Outcome, Outgoing, Subscription, Transport
from harmonic_contracts.base import MessageData
from harmonic_contracts.registry import of_data, subject_of

Publish = Callable[[Sequence[Outgoing]], Awaitable[list[Outcome]]]


class StepClock(SystemClock):
    """The machine's clock, whose wall time can be stepped; its monotonic time goes on, as the kernel promises."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return super().now() + self.offset

    def step(self, **by: float) -> None:
        """Step the wall time: ``step(hours=-1)``."""
        self.offset += timedelta(**by)


class TamperedWay:
    """A transport whose publishing is tampered with: ``publish`` is given the true one and the messages."""

    def __init__(
        self, way: Transport, publish: Callable[[Publish, Sequence[Outgoing]], Awaitable[list[Outcome]]]
    ) -> None:
        self._way = way
        self._publish = publish

    async def start(self) -> None:
        """The true way is started already."""

    async def stop(self) -> None:
        """Whoever started the true way stops it."""

    async def ready(self) -> bool:
        return await self._way.ready()

    async def publish(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        return await self._publish(self._way.publish, messages)

    async def consume(self, spec: ConsumerSpec, inbox: InboxPort) -> Subscription:
        return await self._way.consume(spec, inbox)

    async def broadcast(self, topic: str, payload: dict[str, Any]) -> None:
        await self._way.broadcast(topic, payload)

    def listen(self, pattern: str) -> AbstractAsyncContextManager[AsyncIterator[tuple[str, dict[str, Any]]]]:
        return self._way.listen(pattern)


class Basket:
    """An inbox in memory, to see what a transport delivers. It refuses (raises) the first ``refusals`` batches, and
    takes nothing while ``open`` is not set."""

    def __init__(self, *, refusals: int = 0) -> None:
        self.kept: list[dict[str, Any]] = []
        self.handed = 0
        self.refusals = refusals
        self.open = asyncio.Event()
        self.open.set()

    async def receive(self, bodies: Sequence[bytes]) -> list[int]:
        self.handed += len(bodies)
        await self.open.wait()
        if self.refusals:
            self.refusals -= 1
            raise OSError("the disk is full")
        self.kept += [orjson.loads(body) for body in bodies]
        return []

    @property
    def types(self) -> list[str]:
        """The types received, in order."""
        return [message["type"] for message in self.kept]

    @property
    def numbers(self) -> list[int]:
        """The numbers received, in order."""
        return [message["number"] for message in self.kept]


class LostAnswer:
    """An inbox that keeps what it is given and dies before it can say so, so many times."""

    def __init__(self, inbox: InboxPort, times: int) -> None:
        self._inbox = inbox
        self._times = times

    async def receive(self, bodies: Sequence[bytes]) -> list[int]:
        refused = await self._inbox.receive(bodies)
        if self._times:
            self._times -= 1
            raise ConnectionError("the answer was lost")
        return refused


def outgoing(data: MessageData, number: int, /, *, source: str = "physics", **changed: Any) -> Outgoing:
    """A message as a relay would publish it, without a database behind it; ``changed`` are attributes of its
    envelope."""
    declared = of_data(data)
    attributes = {
        "id": new_id(),
        "source": source,
        "type": declared.name,
        "subject": subject_of(data),
        "sequence": getattr(data, "revision", 1),
        "number": number,
        "time": datetime.now(UTC),
        "correlationid": current().correlation_id,
        "traceparent": current().traceparent,
        "organizationid": getattr(data, "organization_id", None),
        "data": data.model_dump(mode="json"),
    }
    envelope = {**attributes, **changed}
    return Outgoing(envelope["id"], envelope["type"], source, number, orjson.dumps(envelope))
