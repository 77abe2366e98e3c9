"""Operations: the public face of durable long work."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field, JsonValue

from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.problems import Problem


class OperationState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in {self.SUCCEEDED, self.FAILED, self.CANCELLED}


class Step(Contract):
    """One step of an operation that has several, e.g. `simulate`."""

    name: str
    state: OperationState = OperationState.QUEUED
    progress: float = Field(default=0.0, ge=0.0, le=1.0)
    operation_id: Identifier | None = None
    wall_seconds: float | None = None


class Operation(Contract):
    """Long work as the client sees it. `result` is set when it succeeded, `problem` when it failed."""

    operation_id: Identifier
    kind: str = Field(examples=["physics.simulate", "performance"])
    organization_id: Identifier
    state: OperationState
    progress: float = Field(default=0.0, ge=0.0, le=1.0)
    steps: list[Step] = []
    result: dict[str, JsonValue] | None = None
    problem: Problem | None = None
    created_at: datetime
    updated_at: datetime
