"""What clients read: universes, revisions, simulations."""

from datetime import datetime

from pydantic import BaseModel, Field, JsonValue

from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import Problem
from harmonic_contracts.roles import Visibility
from harmonic_physics.engine.system import Estimate, Refused
from harmonic_physics.store.tables import Revision, Simulation, Universe
from harmonic_physics.universes.document import UniverseDocument


class UniverseSummary(BaseModel):
    """A universe in a list."""

    universe_id: str
    organization_id: str
    project_id: str
    created_by: str | None = Field(description="Who made it; null once that user is erased")
    name: str
    system: str
    preset: str | None
    visibility: Visibility
    revision: int
    created_at: datetime
    updated_at: datetime


class UniverseView(UniverseSummary):
    """A universe with its current document, and what simulating it would cost."""

    description: str
    schema_version: int
    spec: dict[str, JsonValue]
    environment: dict[str, float]
    scenes: list[dict[str, JsonValue]]
    story_points: list[dict[str, JsonValue]]
    estimate: Estimate | None = Field(description="Null where this engine no longer takes the document")


class RevisionSummary(BaseModel):
    """A revision in a list."""

    revision: int
    author_id: str | None
    created_at: datetime


class RevisionView(RevisionSummary):
    """A revision with its document."""

    document: UniverseDocument


class SimulationView(BaseModel):
    """A simulation; `trajectory` is there once it has succeeded, `problem` once it has failed."""

    simulation_id: str
    operation_id: str
    organization_id: str
    universe_id: str
    revision: int
    seed: int
    state: OperationState
    progress: float = Field(ge=0, le=1)
    digest: str
    engine_version: str
    trajectory: ArtifactRef | None
    frames: int | None
    events: int | None
    duration: float | None
    time_unit: str | None
    energy_error: float | None
    problem: Problem | None
    created_at: datetime
    ended_at: datetime | None


def summary(universe: Universe) -> UniverseSummary:
    """For lists."""
    return UniverseSummary.model_validate(universe, from_attributes=True)


def whole(universe: Universe, document: UniverseDocument) -> UniverseView:
    """For reading and after changes."""
    shown = document.model_dump(exclude={"name", "visibility", "preset", "system"})
    return UniverseView(**summary(universe).model_dump(), **shown, estimate=_estimate(document))


def _estimate(document: UniverseDocument) -> Estimate | None:
    try:
        return document.start().estimate
    except Refused:
        return None


def revision_summary(row: Revision) -> RevisionSummary:
    """For lists."""
    return RevisionSummary.model_validate(row, from_attributes=True)


def revision_whole(row: Revision) -> RevisionView:
    """With the document."""
    document = UniverseDocument.model_validate(row.document)
    return RevisionView(**revision_summary(row).model_dump(), document=document)


def simulation_view(
    row: Simulation, state: OperationState | None = None, progress: float | None = None
) -> SimulationView:
    """`state` and `progress` are the job's, where it is still at work."""
    chosen = state or OperationState(row.state)
    done = 1.0 if chosen is OperationState.SUCCEEDED else 0.0
    names = set(SimulationView.model_fields) - {"operation_id", "state", "progress"}
    values = {name: getattr(row, name) for name in names}
    return SimulationView(
        **values, operation_id=row.simulation_id, state=chosen, progress=done if progress is None else progress
    )
