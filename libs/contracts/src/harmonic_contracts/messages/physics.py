"""Messages of the physics service: universes and simulations."""

from pydantic import Field

from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.base import Identifier, MessageData, Sha256
from harmonic_contracts.registry import command, event
from harmonic_contracts.roles import Visibility


class UniverseFacts(MessageData):
    universe_id: Identifier
    organization_id: Identifier
    project_id: Identifier
    revision: int = Field(ge=1)
    system: str
    name: str
    visibility: Visibility
    preset: str | None = None
    created_by: Identifier | None = Field(
        default=None, description="UUID of its maker, who may read it while it is private; none once erased"
    )


@event("physics.universe.created.v1", subject="universe/{universe_id}")
class UniverseCreated(UniverseFacts):
    """A universe exists."""


@event("physics.universe.revised.v1", subject="universe/{universe_id}")
class UniverseRevised(UniverseFacts):
    """A universe has a new revision."""


@event("physics.universe.deleted.v1", subject="universe/{universe_id}")
class UniverseDeleted(MessageData):
    """A universe is gone."""

    universe_id: Identifier
    organization_id: Identifier


@command("physics.simulate.v1", subject="simulation/{simulation_id}")
class Simulate(MessageData):
    """Run a revision of a universe with a seed. The simulation's id is its operation's id."""

    simulation_id: Identifier
    universe_id: Identifier
    revision: int = Field(ge=1)
    seed: int = Field(default=0, ge=0, lt=2**63)


@event("physics.simulation.completed.v1", subject="simulation/{simulation_id}")
class SimulationCompleted(MessageData):
    """A simulation has its trajectory."""

    simulation_id: Identifier
    universe_id: Identifier
    organization_id: Identifier
    revision: int
    seed: int
    engine_version: str
    digest: Sha256 = Field(description="Digest of all that made the result")
    trajectory: ArtifactRef
    frames: int
    events: int
    duration: float
    time_unit: str
    energy_error: float | None = None


@event("physics.simulation.failed.v1", subject="simulation/{simulation_id}")
class SimulationFailed(MessageData):
    """A simulation stopped without result."""

    simulation_id: Identifier
    universe_id: Identifier
    organization_id: Identifier
    reason: str
    cancelled: bool = False
