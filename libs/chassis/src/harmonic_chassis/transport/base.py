"""What the event path asks of a transport.

Promise: a message reported DELIVERED is kept durably for every consumer whose patterns match, at least once, in the
order of publishing. Everything else (attempts, order under retries, dead letters, dedupe) lives in the inbox.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


class Outcome(Enum):
    """What became of a published message."""

    DELIVERED = "delivered"
    UNROUTED = "unrouted"
    """No consumer wants it, so nobody holds it."""
    FAILED = "failed"
    """Not known to be held by all who want it: publish it again."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as the relay hands it over. ``type`` is the routing key; ``body`` the CloudEvents JSON."""

    id: str
    type: str
    source: str
    number: int
    body: bytes


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """A durable consumer: its name, shared by competing instances, and the patterns of the types it wants
    (``*`` stands for one segment, ``#`` for any number)."""

    name: str
    patterns: tuple[str, ...]


class InboxPort(Protocol):
    """Where a transport delivers."""

    async def receive(self, bodies: Sequence[bytes]) -> list[int]:
        """Keep the messages durably, each once. Returns the places of those that are no messages at all. Raises when
        nothing was kept; the transport then holds them and tries again."""
        ...


class Subscription(Protocol):
    """A running consumer instance."""

    async def close(self) -> None:
        """Stop taking, after what was taken is kept and acknowledged."""
        ...


class Transport(Protocol):
    """A way between services."""

    async def start(self) -> None:
        """Begin to connect; what is not reachable yet is tried for as long as it takes."""
        ...

    async def stop(self) -> None:
        """Close all consumers and connections."""
        ...

    async def ready(self) -> bool:
        """Whether messages pass now."""
        ...

    async def publish(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Publish in order; the outcome of each. Does not raise: a broken way gives FAILED."""
        ...

    async def consume(self, spec: ConsumerSpec, inbox: InboxPort) -> Subscription:
        """Deliver what matches to the inbox, until closed. The consumer is known durably when this returns, or (broker
        away) as soon as it is reached."""
        ...

    async def broadcast(self, topic: str, payload: dict[str, Any]) -> None:
        """Tell whoever listens now. May be lost, never blocks for long, never raises."""
        ...

    def listen(self, pattern: str) -> AbstractAsyncContextManager[AsyncIterator[tuple[str, dict[str, Any]]]]:
        """Hear broadcasts whose topic matches: ``async with transport.listen("physics.#") as heard: async for topic,
        payload in heard``. A slow listener loses the oldest."""
        ...


def matches(pattern: str, topic: str) -> bool:
    """Whether an AMQP topic pattern matches."""
    return _matches(pattern.split("."), topic.split("."))


def _matches(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_matches(pattern[1:], words[skip:]) for skip in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _matches(pattern[1:], words[1:])
