"""Operations: read, list, cancel, follow."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query
from starlette.responses import Response, StreamingResponse

from harmonic_chassis.http import (
    Caller,
    CallerDep,
    ChassisDep,
    CursorDep,
    Page,
    ProblemError,
    ReadingDep,
    Reply,
    WriteDep,
    refused,
)
from harmonic_chassis.readers import Reader
from harmonic_chassis.service import Chassis
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts import problems
from harmonic_contracts.messages.operation import CANCEL_OPERATION
from harmonic_contracts.operations import Operation, OperationState
from harmonic_contracts.roles import Role
from harmonic_gateway.composition import gateway_of
from harmonic_gateway.conductor import cancel_performance
from harmonic_gateway.saga.view import KIND
from harmonic_gateway.store import operations
from harmonic_gateway.store.tables import OperationRow
from harmonic_gateway.streams import sse
from harmonic_gateway.streams.follow import Item
from harmonic_gateway.streams.position import BadPosition, parse_number

router = APIRouter(prefix="/v1/operations")

ARRIVAL_S = 2.0
"""A just-created operation travels by event: a reader who is faster is kept waiting so long before 404."""
FRESH_S = 60.0
EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "A stream of `operation` and `progress` events"}
}


@router.get("")
async def list_operations(
    caller: CallerDep,
    session: ReadingDep,
    cursor: CursorDep,
    state: OperationState | None = None,
    kind: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[Operation]:
    """The operations of the caller's organizations that the caller may know of, newest first."""
    statement = operations.listed(await caller.reader(session), state.value if state else None, kind)
    rows = (await session.scalars(cursor.select(statement, OperationRow.operation_id))).all()
    return cursor.page(rows, operations.document_of, lambda row: (row.operation_id,))


@router.get("/{operation_id}")
async def read_operation(operation_id: UUID, caller: CallerDep, chassis: ChassisDep) -> Operation:
    """One operation, with the finest progress that is known."""
    operation = await readable(chassis, caller, str(operation_id))
    return _with_latest_progress(operation, chassis)


@router.post("/{operation_id}/cancel", status_code=202)
async def cancel_operation(operation_id: UUID, caller: CallerDep, chassis: ChassisDep, write: WriteDep) -> Response:
    """Cancel an operation. One that has ended already stays as it is: 409."""
    operation = await readable(chassis, caller, str(operation_id), Role.EDITOR)

    async def change(uow: UnitOfWork) -> Reply:
        row = await operations.find(uow.session, operation.operation_id)
        if row is None or OperationState(row.state).final:
            raise ProblemError(problems.CONFLICT, detail="The operation has ended already.")
        await _cancel(uow, row, chassis)
        location = f"/v1/operations/{operation.operation_id}"
        return Reply(202, {"operation_id": operation.operation_id}, headers={"Location": location})

    return await write(change)


@router.get("/{operation_id}/events", response_class=StreamingResponse, responses=EVENT_STREAM)
async def follow_operation(
    operation_id: UUID,
    caller: CallerDep,
    chassis: ChassisDep,
    after: Annotated[str | None, Query(max_length=20, description="Resume after this event")] = None,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> StreamingResponse:
    """The events of an operation as they happen, from the first; ends after the final state.

    `operation` events are numbered and can be resumed with Last-Event-ID or `after`; `progress` events may be lost."""
    operation = await readable(chassis, caller, str(operation_id))
    return sse.response(_follow(chassis, caller, operation, place(last_event_id, after)))


def place(last_event_id: str | None, after: str | None) -> int:
    """Where to resume: the browser's own header wins over the address that it reconnects to."""
    try:
        return parse_number(last_event_id or after or "0")
    except BadPosition as error:
        raise refused("query.after", str(error), "a number") from None


def _follow(chassis: Chassis, caller: Caller, operation: Operation, after: int) -> AsyncIterator[Item]:
    async def reader() -> Reader | None:
        if chassis.clock.now() >= caller.expires_at:
            return None
        async with chassis.db.reading() as session:
            found = await caller.reader(session)
        return found if operation.organization_id in found.roles else None

    return gateway_of(chassis).follower(reader).operation(operation.model_dump(mode="json"), after)


async def readable(
    chassis: Chassis, caller: Caller, operation_id: str, needed: Role = Role.VIEWER, *, patience_s: float = ARRIVAL_S
) -> Operation:
    """The operation if the caller may read it, waiting for one that was just created. Raises 404."""
    patience = patience_s if _is_fresh(operation_id, chassis) else 0.0
    waited = 0.0
    while True:
        async with chassis.db.reading() as session:
            row = await operations.find(session, operation_id)
            if row is not None:
                if not (await caller.reader(session)).sees(row.organization_id, row.owner_id):
                    raise ProblemError(problems.NOT_FOUND)
                await caller.require(session, row.organization_id, needed)
                return operations.document_of(row)
        if waited >= patience:
            raise ProblemError(problems.NOT_FOUND)
        await asyncio.sleep(0.05)
        waited += 0.05


def _is_fresh(operation_id: str, chassis: Chassis) -> bool:
    """A UUIDv7 begins with the milliseconds since 1970 at which it was made (RFC 9562, section 5.7)."""
    made = int(operation_id.replace("-", "")[:12], 16) / 1000
    return abs(chassis.clock.now().timestamp() - made) < FRESH_S


async def _cancel(uow: UnitOfWork, row: OperationRow, chassis: Chassis) -> None:
    if row.kind == KIND:
        await cancel_performance(uow, row.operation_id, gateway_of(chassis).moved)
        return
    command = CANCEL_OPERATION[row.service](operation_id=row.operation_id)
    uow.emit(command, organization_id=row.organization_id)


def _with_latest_progress(operation: Operation, chassis: Chassis) -> Operation:
    if operation.state.final:
        return operation
    hub = gateway_of(chassis).hub
    own = hub.latest_progress(operation.operation_id)
    if own is not None:
        return operation.model_copy(update={"progress": max(operation.progress, own)})
    steps = [
        step.model_copy(update={"progress": max(step.progress, heard)})
        if not step.state.final and (heard := hub.latest_progress(step.operation_id or "")) is not None
        else step
        for step in operation.steps
    ]
    if not steps:
        return operation
    progress = sum(step.progress for step in steps) / len(steps)
    return operation.model_copy(update={"steps": steps, "progress": round(progress, 6)})
