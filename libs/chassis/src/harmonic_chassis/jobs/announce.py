"""The public face of a job: its service's `operation.changed` event, in the transaction that changes the job."""

from typing import Any

from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.operation import OPERATION_CHANGED
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import Problem


class NoOperations(LookupError):
    """The service has no public operations, so it can have no jobs but its own care."""


def announce(
    uow: UnitOfWork,
    *,
    job_id: str,
    kind: str,
    organization_id: str,
    state: OperationState,
    attempt: int = 0,
    progress: float = 0.0,
    result: dict[str, Any] | None = None,
    problem: Problem | None = None,
    wall_seconds: float | None = None,
) -> None:
    """Emit the event. Raises NoOperations for a service that is not declared to have jobs."""
    if uow.source not in OPERATION_CHANGED:
        raise NoOperations(f"{uow.source} has no operation.changed event in the contracts, so it cannot have jobs")
    changed = OPERATION_CHANGED[uow.source](
        operation_id=job_id,
        kind=kind,
        organization_id=organization_id,
        state=state,
        attempt=attempt,
        progress=progress,
        result=result,
        problem=problem,
        wall_seconds=wall_seconds,
    )
    uow.emit(changed, organization_id=organization_id)
