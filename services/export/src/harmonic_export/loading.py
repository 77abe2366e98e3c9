"""From the files of physics and audio to a performance."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.physics import SimulationCompleted
from harmonic_export.facts import Facts
from harmonic_export.pictures.spec import VisualizationSpec

if TYPE_CHECKING:
    from harmonic_export.performance import Performance, Trajectory


@dataclass(frozen=True)
class Sources:
    """Local files and documents of one performance."""

    trajectory: Path
    score: Path
    midi: Path
    master: Path
    universe: dict[str, Any]
    soundscape: dict[str, Any]


def load(
    sources: Sources,
    simulation: SimulationCompleted,
    rendering: RenderingCompleted,
    picture: VisualizationSpec,
    licence: str,
) -> "Performance":
    """The performance; its trajectory's arrays are maps of the file. Raises ValueError where a file is damaged."""
    from harmonic_contracts.score import Score
    from harmonic_export.performance import Performance

    score = Score.model_validate_json(sources.score.read_bytes())
    return Performance(
        title=score.title,
        master=sources.master,
        midi=sources.midi,
        score=score,
        trajectory=_trajectory(sources.trajectory),
        universe=sources.universe,
        soundscape=sources.soundscape,
        facts=_facts(simulation, rendering),
        picture=picture,
        licence=licence,
    )


def _trajectory(path: Path) -> "Trajectory":
    from harmonic_chassis.trajectory_file import TrajectoryFile
    from harmonic_export.performance import Events, Trajectory

    file = TrajectoryFile.open(path)
    arrays = {observable.name: file.array(observable.name) for observable in file.header.observables}
    table = file.events
    events = Events(table.time, table.kind, table.body_a, table.body_b, table.strength, table.position)
    return Trajectory(file.header, file.time, arrays, events)


def _facts(simulation: SimulationCompleted, rendering: RenderingCompleted) -> Facts:
    return Facts.model_validate(
        {
            "seed": simulation.seed,
            "physics_engine": simulation.engine_version,
            "audio_engine": rendering.engine_version,
            "simulation_digest": simulation.digest,
            "rendering_digest": rendering.digest,
            "frames": simulation.frames,
            "events": simulation.events,
            "duration": simulation.duration,
            "time_unit": simulation.time_unit,
            "energy_error": simulation.energy_error,
            "notes": rendering.notes,
            "key": rendering.key,
            "duration_s": rendering.duration_s,
            "integrated_loudness_lufs": rendering.integrated_loudness_lufs,
            "true_peak_dbtp": rendering.true_peak_dbtp,
        }
    )
