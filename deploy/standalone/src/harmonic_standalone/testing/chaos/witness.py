"""The witness: what each handler did, as a row in the service's own database, in the handler's own transaction."""

from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, String, Table, insert

from harmonic_chassis import access, forgetting
from harmonic_chassis.handlers import Handler, Handlers, Message
from harmonic_chassis.service import Service
from harmonic_chassis.uow import UnitOfWork

metadata = MetaData()
witness = Table(
    "chaos_witness",
    metadata,
    Column("place", BigInteger, primary_key=True, autoincrement=True),
    Column("consumer", String(100), nullable=False),
    Column("source", String(50), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("type", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("sequence", BigInteger, nullable=False),
)


def consumers(service: Service) -> dict[str, frozenset[str]]:
    """The service's consumers, with the types that each handles."""
    return {name: frozenset(types) for name, types in handlers_of(service).items()}


def handlers_of(service: Service) -> dict[str, dict[str, Handler]]:
    """Its handlers and the chassis', by consumer and type."""
    return _all_handlers(service).by_consumer(service.name)


def join(service: Service) -> None:
    """Let a witness stand beside every handler of the service."""
    beside = Handlers()
    for consumer, handlers in handlers_of(service).items():
        for handler in handlers.values():
            beside.on(handler.model, consumer=handler.consumer)(_noting(consumer))
    service.handlers.include(beside)


def _all_handlers(service: Service) -> Handlers:
    whole = Handlers()
    whole.include(service.handlers)
    if service.directory is None:
        whole.include(access.handlers)
        whole.include(forgetting.handlers)
    return whole


def _noting(consumer: str) -> Any:
    async def note(message: Message[Any], uow: UnitOfWork, chassis: Any) -> None:
        envelope = message.envelope
        assert envelope.number is not None
        row = {
            "consumer": consumer,
            "source": envelope.source,
            "number": envelope.number,
            "type": envelope.type,
            "subject": envelope.subject,
            "sequence": envelope.sequence,
        }
        await uow.session.execute(insert(witness).values(row))

    return note
