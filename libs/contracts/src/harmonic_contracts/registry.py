"""The one registry of versioned events and commands.

A message type is declared once, by decorating its data model; everything else (schemas, AsyncAPI, routing, tests)
is derived from the registry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from harmonic_contracts.base import MessageData

Kind = Literal["event", "command"]
Data = TypeVar("Data", bound=type[MessageData])


@dataclass(frozen=True)
class MessageType:
    """A declared message: its name (= routing key), kind, producer or owner, and data model."""

    name: str
    kind: Kind
    service: str
    subject: str
    """Pattern of the subject, e.g. ``universe/{universe_id}``, filled from the data."""
    model: type[MessageData]
    summary: str

    @property
    def version(self) -> int:
        """The major version: the number after the last ``.v``."""
        return int(self.name.rsplit(".v", 1)[1])


class UnknownMessage(LookupError):
    """No such message type is registered."""


_by_type: dict[str, MessageType] = {}
_by_model: dict[type[MessageData], MessageType] = {}


def event(type_: str, *, subject: str) -> Callable[[Data], Data]:
    """Declare an event. Its first segment names the producing service."""
    return _declare(type_, "event", subject)


def command(type_: str, *, subject: str) -> Callable[[Data], Data]:
    """Declare a command. Its first segment names the one service that owns and obeys it."""
    return _declare(type_, "command", subject)


def _declare(type_: str, kind: Kind, subject: str) -> Callable[[Data], Data]:
    def register(model: Data) -> Data:
        if type_ in _by_type:
            raise ValueError(f"{type_} is declared twice: by {_by_type[type_].model.__name__} and {model.__name__}")
        summary = (model.__doc__ or "").strip().splitlines()[0]
        declared = MessageType(type_, kind, type_.split(".", 1)[0], subject, model, summary)
        _by_type[type_] = declared
        _by_model[model] = declared
        return model

    return register


def of_type(type_: str) -> MessageType:
    """The declaration of a type. Raises UnknownMessage."""
    try:
        return _by_type[type_]
    except KeyError:
        raise UnknownMessage(f"{type_} is not a registered message type") from None


def of_data(data: MessageData | type[MessageData]) -> MessageType:
    """The declaration of a data model or of an instance of it. Raises UnknownMessage."""
    model: type[MessageData] = data if isinstance(data, type) else data.__class__
    try:
        return _by_model[model]
    except KeyError:
        raise UnknownMessage(f"{model.__name__} is not declared with @event or @command") from None


def all_messages() -> list[MessageType]:
    """Every declared message, by type."""
    return [_by_type[name] for name in sorted(_by_type)]


def subject_of(data: MessageData) -> str:
    """The subject of a message: the declared pattern, filled from its data."""
    return of_data(data).subject.format_map(data.model_dump())
