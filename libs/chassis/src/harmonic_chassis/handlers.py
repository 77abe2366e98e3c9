"""Handlers: which function handles which message.

::

    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def make_default(message: Message[UniverseCreated], uow: UnitOfWork, chassis: Chassis) -> None: ...

A handler runs in the transaction that takes its message out of the inbox: its effect happens exactly once. Keep it
short; long or remote work is a job (``uow.submit``). DependencyDown is tried again without counting; any other
exception is an attempt, tried again with backoff, and a dead letter in the end.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from harmonic_chassis.context import MessageContext
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import MessageData
from harmonic_contracts.envelope import Envelope
from harmonic_contracts.registry import of_data

__all__ = ["DependencyDown", "Handler", "Handlers", "Message"]

D = TypeVar("D", bound=MessageData)


@dataclass(frozen=True, slots=True)
class Message(Generic[D]):
    """A message as its handler sees it."""

    data: D
    envelope: Envelope

    @property
    def id(self) -> str:
        return self.envelope.id

    @property
    def organization_id(self) -> str | None:
        return self.envelope.organizationid

    @property
    def actor_id(self) -> str | None:
        return self.envelope.actorid

    @property
    def context(self) -> MessageContext:
        """The context in which it is handled: the same chain, caused by this message."""
        envelope = self.envelope
        return MessageContext(
            organization_id=envelope.organizationid,
            actor_id=envelope.actorid,
            correlation_id=envelope.correlationid,
            causation_id=envelope.id,
            traceparent=envelope.traceparent,
            request_id=None,
            owner_id=envelope.ownerid,
        )


Handle = Callable[[Message[Any], UnitOfWork, Any], Awaitable[None]]


Model = type[MessageData]


@dataclass(frozen=True, slots=True)
class Handler:
    """One function for one type of one consumer."""

    type: str
    model: Model
    consumer: str | None
    """None stands for the service's own name."""
    handle: Handle


F = TypeVar("F", bound=Callable[..., Awaitable[None]])


class Handlers:
    """The handlers of a service."""

    def __init__(self) -> None:
        self._handlers: list[Handler] = []

    def on(self, *models: type[MessageData], consumer: str | None = None) -> Callable[[F], F]:
        """Handle these messages with the decorated function. A consumer handles a type once."""

        def register(function: F) -> F:
            for model in models:
                self._add(Handler(of_data(model).name, model, consumer, function))
            return function

        return register

    def include(self, other: "Handlers") -> None:
        """Take over the handlers of another registry, such as those of the chassis itself. A message that both handle
        is handled by both, in the same transaction, in the order of inclusion."""
        for handler in other._handlers:
            twin = next((known for known in self._handlers if _same(known, handler)), None)
            if twin is None:
                self._handlers.append(handler)
            else:
                self._handlers[self._handlers.index(twin)] = replace(twin, handle=_both(twin.handle, handler.handle))

    def by_consumer(self, default: str) -> dict[str, dict[str, Handler]]:
        """The handlers by consumer and type; ``default`` names the consumer of those that named none."""
        found: dict[str, dict[str, Handler]] = {}
        for handler in self._handlers:
            found.setdefault(handler.consumer or default, {})[handler.type] = handler
        return found

    def _add(self, handler: Handler) -> None:
        if any(_same(known, handler) for known in self._handlers):
            raise ValueError(f"{handler.type} is handled twice by one consumer: name another with consumer=")
        self._handlers.append(handler)


def _same(one: Handler, other: Handler) -> bool:
    return one.type == other.type and one.consumer == other.consumer


def _both(first: Handle, second: Handle) -> Handle:
    async def handle(message: Message[Any], uow: UnitOfWork, chassis: Any) -> None:
        await first(message, uow, chassis)
        await second(message, uow, chassis)

    return handle
