"""On whose behalf, and as part of which chain of messages, the code runs: one context variable."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields

from harmonic_chassis.ids import new_id


@dataclass(frozen=True)
class MessageContext:
    """What every message, log line and job inherits from the request or message that caused it."""

    organization_id: str | None
    actor_id: str | None
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    request_id: str | None
    owner_id: str | None = None
    """Where set, only this user and those who govern the organization may learn of what is said: see `readers`."""

    def stored(self) -> dict[str, str | None]:
        """For a job's row, as the first release knew it: its workers refuse what they do not know. The owner has a
        column of its own."""
        return {name: value for name, value in asdict(self).items() if name != "owner_id"}

    @classmethod
    def restored(cls, row: Mapping[str, str | None], owner_id: str | None) -> "MessageContext":
        """From a job's row, which newer code may have written: what this code does not know is overlooked."""
        known = {name: value for name, value in row.items() if name in _KNOWN}
        return cls(**known | {"owner_id": owner_id})  # type: ignore[arg-type]  # as stored

    @property
    def trace_id(self) -> str | None:
        """The 32 hexadecimal digits of the W3C trace id, where there is a trace."""
        parts = (self.traceparent or "").split("-")
        return parts[1] if len(parts) == 4 else None


_KNOWN = frozenset(each.name for each in fields(MessageContext))


def fresh(
    *, organization_id: str | None = None, actor_id: str | None = None, request_id: str | None = None
) -> MessageContext:
    """The beginning of a chain: a new correlation id and a new trace."""
    traceparent = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    return MessageContext(organization_id, actor_id, new_id(), None, traceparent, request_id)


_current: ContextVar[MessageContext | None] = ContextVar("harmonic_message_context", default=None)


def current() -> MessageContext:
    """The context in use, or the beginning of a new chain where none is."""
    return _current.get() or fresh()


def current_or_none() -> MessageContext | None:
    """The context in use, if any."""
    return _current.get()


@contextmanager
def use(context: MessageContext) -> Iterator[MessageContext]:
    """Run the block in this context."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
