"""The steps of a performance: what each sends, what completes it, and what takes it back."""

from collections.abc import Callable
from dataclasses import dataclass

from harmonic_contracts.artifacts import NamedArtifact
from harmonic_contracts.base import MessageData
from harmonic_contracts.messages.audio import Render, RenderingCompleted, RenderingFailed
from harmonic_contracts.messages.export import ExportCompleted, ExportFailed, Package
from harmonic_contracts.messages.operation import CANCEL_OPERATION
from harmonic_contracts.messages.physics import Simulate, SimulationCompleted, SimulationFailed
from harmonic_gateway.saga.state import Performance, Phase


@dataclass(frozen=True)
class SagaStep:
    """One step: `command` reads the performance as it stands, `keep` is what it remembers of the step's event."""

    phase: Phase
    service: str
    command: Callable[[Performance, str], MessageData]
    keep: Callable[[MessageData], dict[str, object]]
    next: Phase

    def compensation(self, step_id: str) -> MessageData:
        """The command that takes a running step back. What a completed step made is kept: it is true, and reusable."""
        return CANCEL_OPERATION[self.service](operation_id=step_id)


class OutOfOrder(RuntimeError):
    """A step was asked for before the one that it builds on was completed."""


def _simulate(performance: Performance, step_id: str) -> MessageData:
    return Simulate(
        simulation_id=step_id,
        universe_id=performance.universe.id,
        revision=performance.universe.revision,
        seed=performance.seed,
    )


def _render(performance: Performance, step_id: str) -> MessageData:
    simulation, soundscape = performance.simulation, performance.soundscape
    if simulation is None or soundscape is None:
        raise OutOfOrder("a rendering needs a simulation and a soundscape")
    return Render(
        rendering_id=step_id,
        universe_id=performance.universe.id,
        simulation_id=simulation.simulation_id,
        trajectory=simulation.trajectory,
        trajectory_digest=simulation.digest,
        soundscape_id=soundscape.id,
        soundscape_revision=soundscape.revision,
        stems=performance.stems,
    )


def _package(performance: Performance, step_id: str) -> MessageData:
    if performance.simulation is None or performance.rendering is None:
        raise OutOfOrder("an export needs a simulation and a rendering")
    return Package(
        export_id=step_id,
        universe_id=performance.universe.id,
        universe_revision=performance.universe.revision,
        simulation=performance.simulation,
        rendering=performance.rendering,
        formats=performance.formats,
        visualization_id=performance.visualization_id,
    )


def _files(event: MessageData) -> dict[str, object]:
    assert isinstance(event, ExportCompleted)
    files: list[NamedArtifact] = event.files
    return {"files": files}


SIMULATE = SagaStep(Phase.SIMULATE, "physics", _simulate, lambda event: {"simulation": event}, Phase.RENDER)
RENDER = SagaStep(Phase.RENDER, "audio", _render, lambda event: {"rendering": event}, Phase.EXPORT)
EXPORT = SagaStep(Phase.EXPORT, "export", _package, _files, Phase.SUCCEEDED)
STEPS = {step.phase: step for step in (SIMULATE, RENDER, EXPORT)}

Completed = SimulationCompleted | RenderingCompleted | ExportCompleted
Failed = SimulationFailed | RenderingFailed | ExportFailed


def step_id_of(event: Completed | Failed) -> str:
    """The id of the step that the event ends."""
    match event:
        case SimulationCompleted() | SimulationFailed():
            return event.simulation_id
        case RenderingCompleted() | RenderingFailed():
            return event.rendering_id
        case ExportCompleted() | ExportFailed():
            return event.export_id
