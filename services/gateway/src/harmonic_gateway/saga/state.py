"""What a performance is, at rest: the pinned revisions, where it stands, and what its steps brought."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from harmonic_contracts.artifacts import NamedArtifact
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.export import ALL_FORMATS, ExportFormat
from harmonic_contracts.messages.physics import SimulationCompleted
from harmonic_contracts.operations import OperationState, Step
from harmonic_contracts.problems import Problem


class Phase(StrEnum):
    """Where a performance stands: it waits for its soundscape, is in one of its steps, or has ended."""

    PINNING = "pinning"
    SIMULATE = "simulate"
    RENDER = "render"
    EXPORT = "export"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in {Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED}


class Pin(Contract):
    """A document at a revision."""

    id: Identifier
    revision: int = Field(ge=1)


class Performance(Contract):
    """A performance. Every step's id is chosen when it is begun; a step's operation has the same id."""

    performance_id: Identifier
    organization_id: Identifier
    actor_id: str
    owner_id: str | None = Field(default=None, description="Whose alone it is, as its universe was when it began")
    correlation_id: Identifier
    traceparent: str | None = None
    universe: Pin
    soundscape: Pin | None = None
    seed: int = 0
    formats: list[ExportFormat] = list(ALL_FORMATS)
    stems: bool = False
    visualization_id: Identifier | None = None
    phase: Phase = Phase.PINNING
    steps: dict[str, Step] = {}
    step_began_at: datetime | None = None
    deadline_at: datetime
    created_at: datetime
    updated_at: datetime
    simulation: SimulationCompleted | None = None
    rendering: RenderingCompleted | None = None
    files: list[NamedArtifact] = []
    problem: Problem | None = None
    stopped_at: str | None = Field(default=None, description="The phase in which it failed or was cancelled")

    def step(self, name: str) -> Step:
        """The step of this name, queued if it was not begun."""
        return self.steps.get(name, Step(name=name))

    @property
    def state(self) -> OperationState:
        """Its state as an operation."""
        if self.phase.ended:
            return OperationState(self.phase.value)
        return OperationState.QUEUED if self.phase is Phase.PINNING else OperationState.RUNNING
