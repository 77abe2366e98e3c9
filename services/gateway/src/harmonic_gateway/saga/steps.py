"""The performance as a sentence: its steps in order, and for each what it sends, what it remembers, what takes it back.

simulate in physics, then render in audio, then export in export; whatever runs when it ends early is cancelled.
"""

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
    """One step of the sentence."""

    phase: Phase
    service: str
    sends: Callable[[Performance, str], MessageData]
    """The command that begins it, from the performance as it stands and the step's id."""
    remembers: Callable[[MessageData], dict[str, object]]
    """What the performance keeps of the event that completes it."""
    taken_back_by: Callable[[str], MessageData]
    """The command that ends it while it runs. What a completed step made is kept: it is true, and reusable."""


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


def _simulation(event: MessageData) -> dict[str, object]:
    return {"simulation": event}


def _rendering(event: MessageData) -> dict[str, object]:
    return {"rendering": event}


def _files(event: MessageData) -> dict[str, object]:
    assert isinstance(event, ExportCompleted)
    files: list[NamedArtifact] = event.files
    return {"files": files}


def _cancel_in(service: str) -> Callable[[str], MessageData]:
    order = CANCEL_OPERATION[service]
    return lambda step_id: order(operation_id=step_id)


PERFORMANCE = (
    SagaStep(Phase.SIMULATE, "physics", sends=_simulate, remembers=_simulation, taken_back_by=_cancel_in("physics")),
    SagaStep(Phase.RENDER, "audio", sends=_render, remembers=_rendering, taken_back_by=_cancel_in("audio")),
    SagaStep(Phase.EXPORT, "export", sends=_package, remembers=_files, taken_back_by=_cancel_in("export")),
)
"""The sentence. A performance that waits for its soundscape has not begun it."""

STEPS = {step.phase: step for step in PERFORMANCE}
FIRST = PERFORMANCE[0].phase
_FOLLOWING = dict(zip(STEPS, [*list(STEPS)[1:], Phase.SUCCEEDED], strict=True))


def after(phase: Phase) -> Phase:
    """The step that follows this one; SUCCEEDED after the last."""
    return _FOLLOWING[phase]


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
