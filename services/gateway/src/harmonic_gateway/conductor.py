"""Carries out what the saga decides: the row, the messages, the operation and its event, all in one transaction."""

from collections.abc import Callable

from harmonic_chassis.context import MessageContext
from harmonic_chassis.ids import new_id
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.operations import Operation
from harmonic_gateway.saga.state import Performance, Pin
from harmonic_gateway.saga.transitions import Moment, Transition, cancel, expire, soundscape_found
from harmonic_gateway.saga.view import operation_of
from harmonic_gateway.store import operations, performances, stream
from harmonic_gateway.store.stream import StreamEvent

OPERATION_EVENT = "gateway.operation.changed.v1"
Moved = Callable[[str], None]
"""Says, after the commit, that the stream of an organization has moved."""


def moment(uow: UnitOfWork) -> Moment:
    """Now, by the clock of the database's service."""
    return Moment(uow.clock.now(), new_id())


async def carry_out(uow: UnitOfWork, transition: Transition, moved: Moved) -> None:
    """Write and send what a transition brought. Messages go out in the name of the performance's user."""
    performance = transition.performance
    speaking = uow.within(_context(performance, uow.context))
    for data in transition.send:
        speaking.emit(data, organization_id=performance.organization_id)
    if not transition.changed:
        return
    await performances.save(uow.session, performance)
    await _tell(uow, operation_of(performance), performance.owner_id, moved)


async def _tell(uow: UnitOfWork, operation: Operation, owner_id: str | None, moved: Moved) -> None:
    known = await operations.find(uow.session, operation.operation_id)
    sequence = known.sequence + 1 if known is not None else 1
    await operations.keep(uow.session, "gateway", operation, sequence, owner_id)
    stream.append(
        uow,
        StreamEvent(
            operation.organization_id,
            OPERATION_EVENT,
            operation.updated_at,
            _event_data(operation, sequence),
            operation.operation_id,
            owner_id=owner_id,
        ),
    )
    uow.after_commit(lambda: moved(operation.organization_id))


def _event_data(operation: Operation, sequence: int) -> dict[str, object]:
    return {
        "id": new_id(),
        "source": "gateway",
        "type": OPERATION_EVENT,
        "subject": f"operation/{operation.operation_id}",
        "sequence": sequence,
        "time": operation.updated_at.isoformat(),
        "data": operation.model_dump(mode="json"),
    }


async def pin_soundscape(uow: UnitOfWork, performance_id: str, soundscape: Pin, moved: Moved) -> None:
    """The soundscape that a performance waited for is known."""
    performance = await performances.lock(uow.session, performance_id)
    if performance is not None:
        await carry_out(uow, soundscape_found(performance, soundscape, moment(uow)), moved)


async def cancel_performance(uow: UnitOfWork, performance_id: str, moved: Moved) -> None:
    """The user cancels a performance."""
    performance = await performances.lock(uow.session, performance_id)
    if performance is not None:
        await carry_out(uow, cancel(performance, moment(uow)), moved)


async def expire_performance(uow: UnitOfWork, performance_id: str, moved: Moved) -> None:
    """The deadline of a performance has passed, unless it moved on meanwhile."""
    performance = await performances.lock(uow.session, performance_id)
    if performance is not None:
        await carry_out(uow, expire(performance, moment(uow)), moved)


def _context(performance: Performance, cause: MessageContext) -> MessageContext:
    return MessageContext(
        organization_id=performance.organization_id,
        actor_id=performance.actor_id,
        correlation_id=performance.correlation_id,
        causation_id=cause.causation_id,
        traceparent=performance.traceparent,
        request_id=cause.request_id,
        owner_id=performance.owner_id,
    )
