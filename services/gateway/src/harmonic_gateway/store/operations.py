"""Operations in the database: the projection of the services' jobs, and the faces of performances."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.dialects import insert
from harmonic_chassis.readers import Reader
from harmonic_contracts.messages.operation import OperationChanged
from harmonic_contracts.operations import Operation
from harmonic_gateway.store.tables import OperationRow


async def find(session: AsyncSession, operation_id: str) -> OperationRow | None:
    """The row of an operation."""
    return await session.get(OperationRow, operation_id)


def listed(reader: Reader, state: str | None, kind: str | None) -> "Select[OperationRow]":
    """The operations that the reader sees; narrowed by state and kind where they are given."""
    statement = select(OperationRow).where(reader.condition(OperationRow.organization_id, OperationRow.owner_id))
    if state is not None:
        statement = statement.where(OperationRow.state == state)
    return statement.where(OperationRow.kind == kind) if kind is not None else statement


def document_of(row: OperationRow) -> Operation:
    """The operation that the row holds."""
    return Operation.model_validate(row.document)


async def project(
    session: AsyncSession,
    service: str,
    change: OperationChanged,
    sequence: int,
    time: datetime,
    owner_id: str | None,
) -> Operation | None:
    """Keep the change of a service's job. Gives the operation as it stands, or None where a later change is known."""
    row = await find(session, change.operation_id)
    if row is not None and row.sequence >= sequence:
        return None
    operation = Operation(
        operation_id=change.operation_id,
        kind=change.kind,
        organization_id=change.organization_id,
        state=change.state,
        progress=change.progress,
        result=change.result,
        problem=change.problem,
        created_at=row.created_at if row is not None else time,
        updated_at=time,
    )
    await keep(session, service, operation, sequence, owner_id)
    return operation


async def keep(session: AsyncSession, service: str, operation: Operation, sequence: int, owner_id: str | None) -> None:
    """Write the operation. A later one that another replica wrote in between stays."""
    values = {
        "service": service,
        "kind": operation.kind,
        "organization_id": operation.organization_id,
        "owner_id": owner_id,
        "state": operation.state.value,
        "document": operation.model_dump(mode="json"),
        "sequence": sequence,
    }
    statement = insert(session, OperationRow).values(
        operation_id=operation.operation_id, created_at=operation.created_at, **values
    )
    newer = OperationRow.sequence < statement.excluded.sequence
    await session.execute(
        statement.on_conflict_do_update(index_elements=[OperationRow.operation_id], set_=values, where=newer)
    )
