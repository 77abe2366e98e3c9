"""Messages in. Two consumers: `gateway` moves performances on, `gateway_stream` keeps the stream and the operations."""

from typing import TYPE_CHECKING

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import MessageData
from harmonic_contracts.messages.audio import RenderingCompleted, RenderingFailed, SoundscapeCreated
from harmonic_contracts.messages.export import ExportCompleted, ExportFailed
from harmonic_contracts.messages.operation import OPERATION_CHANGED, OperationChanged
from harmonic_contracts.messages.organization import ApiKeyRevoked, OrganizationDeleted, UserErased
from harmonic_contracts.messages.physics import SimulationCompleted, SimulationFailed
from harmonic_contracts.operations import Operation
from harmonic_contracts.registry import all_messages
from harmonic_gateway.composition import gateway_of
from harmonic_gateway.conductor import carry_out, moment, pin_soundscape
from harmonic_gateway.saga.state import Pin
from harmonic_gateway.saga.steps import Completed, Failed, step_id_of
from harmonic_gateway.saga.transitions import step_completed, step_failed, step_moved
from harmonic_gateway.store import erasure, operations, performances, stream
from harmonic_gateway.store.stream import StreamEvent

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

STREAM = "gateway_stream"
handlers = Handlers()


@handlers.on(SoundscapeCreated)
async def default_soundscape_made(message: Message[SoundscapeCreated], uow: UnitOfWork, chassis: "Chassis") -> None:
    """The performances that waited for the soundscape of this universe go on."""
    soundscape = Pin(id=message.data.soundscape_id, revision=message.data.revision)
    for performance_id in await performances.pinning(uow.session, message.data.universe_id):
        await pin_soundscape(uow, performance_id, soundscape, gateway_of(chassis).moved)


@handlers.on(SimulationCompleted, RenderingCompleted, ExportCompleted)
async def a_step_completed(message: Message[Completed], uow: UnitOfWork, chassis: "Chassis") -> None:
    """The performance keeps the result and begins its next step."""
    performance = await performances.lock_by_step(uow.session, step_id_of(message.data))
    if performance is not None:
        await carry_out(uow, step_completed(performance, message.data, moment(uow)), gateway_of(chassis).moved)


@handlers.on(SimulationFailed, RenderingFailed, ExportFailed)
async def a_step_failed(message: Message[Failed], uow: UnitOfWork, chassis: "Chassis") -> None:
    """The performance ends with the reason."""
    performance = await performances.lock_by_step(uow.session, step_id_of(message.data))
    if performance is not None:
        await carry_out(uow, step_failed(performance, message.data, moment(uow)), gateway_of(chassis).moved)


@handlers.on(*OPERATION_CHANGED.values())
async def a_step_moved(message: Message[OperationChanged], uow: UnitOfWork, chassis: "Chassis") -> None:
    """The performance tells of its step's state."""
    performance = await performances.lock_by_step(uow.session, message.data.operation_id)
    if performance is not None:
        await carry_out(uow, step_moved(performance, message.data, moment(uow)), gateway_of(chassis).moved)


@handlers.on(*(declared.model for declared in all_messages() if declared.kind == "event"), consumer=STREAM)
async def keep_in_stream(message: Message[MessageData], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Every event of an organization gets its number in that organization's stream."""
    match message.data:
        case OperationChanged():
            await _keep_operation(message, message.data, uow, chassis)
        case OrganizationDeleted(organization_id=gone):
            await erasure.forget_organizations(uow.session, [gone])
        case UserErased(organization_ids=gone):
            await erasure.forget_organizations(uow.session, gone)
        case ApiKeyRevoked(key_id=key_id):
            uow.after_commit(lambda: gateway_of(chassis).key_revoked(key_id))
        case data:
            await _append(message, data.model_dump(mode="json"), None, uow, chassis)


async def _keep_operation(
    message: Message[MessageData], change: OperationChanged, uow: UnitOfWork, chassis: "Chassis"
) -> None:
    envelope = message.envelope
    if await stream.is_closed(uow.session, change.organization_id):
        return
    operation = await operations.project(
        uow.session, envelope.source, change, envelope.sequence, envelope.time, envelope.ownerid
    )
    if operation is not None:
        await _append(message, operation.model_dump(mode="json"), operation, uow, chassis)


async def _append(
    message: Message[MessageData],
    data: dict[str, object],
    operation: Operation | None,
    uow: UnitOfWork,
    chassis: "Chassis",
) -> None:
    envelope = message.envelope
    organization_id = envelope.organizationid
    if organization_id is None:
        return
    told = envelope.model_dump(mode="json", include={"id", "source", "type", "subject", "sequence", "time"})
    event = StreamEvent(
        organization_id,
        envelope.type,
        envelope.time,
        {**told, "data": data},
        operation.operation_id if operation is not None else None,
        owner_id=envelope.ownerid,
    )
    stream.append(uow, event)
    uow.after_commit(lambda: gateway_of(chassis).moved(organization_id))
