"""The messages that every service has: its jobs as public operations, and the order to cancel one."""

from pydantic import Field, JsonValue

from harmonic_contracts.base import Identifier, MessageData
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import Problem
from harmonic_contracts.registry import command, event

SERVICES = ("physics", "audio", "ai", "export", "organization")


class OperationChanged(MessageData):
    """A job entered another state."""

    operation_id: Identifier
    kind: str
    organization_id: Identifier
    state: OperationState
    attempt: int = 0
    progress: float = Field(default=0.0, ge=0.0, le=1.0)
    result: dict[str, JsonValue] | None = None
    problem: Problem | None = None
    wall_seconds: float | None = None


class CancelOperation(MessageData):
    """Cancel a job; one that has ended already stays as it is."""

    operation_id: Identifier


OPERATION_CHANGED: dict[str, type[OperationChanged]] = {}
CANCEL_OPERATION: dict[str, type[CancelOperation]] = {}
for _service in SERVICES:
    _changed = type(
        f"{_service.capitalize()}OperationChanged",
        (OperationChanged,),
        {"__doc__": OperationChanged.__doc__, "__module__": __name__},
    )
    _cancel = type(
        f"{_service.capitalize()}CancelOperation",
        (CancelOperation,),
        {"__doc__": CancelOperation.__doc__, "__module__": __name__},
    )
    OPERATION_CHANGED[_service] = event(f"{_service}.operation.changed.v1", subject="operation/{operation_id}")(
        _changed
    )
    CANCEL_OPERATION[_service] = command(f"{_service}.cancel_operation.v1", subject="operation/{operation_id}")(_cancel)
