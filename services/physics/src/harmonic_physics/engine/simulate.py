"""A whole run in memory: for probes, tests and warming up. Jobs stream instead."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from harmonic_contracts.trajectory import Certificate, TrajectoryHeader
from harmonic_physics.engine import ENGINE_VERSION
from harmonic_physics.engine.run import Chunk, Events, Run
from harmonic_physics.engine.system import Start

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass
class Result:
    """A finished run: frame times (frames,), observables (frames, *shape), events in order of time."""

    header: TrajectoryHeader
    time: NDArray[np.float64]
    arrays: dict[str, NDArray[np.float64]]
    events: Events


def simulate(start: Start[Any], seed: int = 0) -> Result:
    """Run to the end. Raises Stopped."""
    run = start.run(seed)
    chunks: list[Chunk] = []
    while not run.done:
        chunks.append(run.advance())
    return Result(header(start, seed, run), *joined(chunks))


def joined(chunks: list[Chunk]) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]], Events]:
    """Times, observables and events of consecutive chunks."""
    import numpy as np

    arrays = {name: np.concatenate([c.arrays[name] for c in chunks]) for name in chunks[0].arrays}
    columns = {f.name: np.concatenate([getattr(c.events, f.name) for c in chunks]) for f in fields(Events)}
    return np.concatenate([c.time for c in chunks]), arrays, Events(**columns)


def header(start: Start[Any], seed: int, run: Run) -> TrajectoryHeader:
    """Everything of the trajectory but its numbers, with the run's certificate."""
    system, spec = start.system, start.spec
    time_unit, length_unit = system.units(spec)
    quality = run.quality()
    return TrajectoryHeader(
        system=system.kind,
        time_unit=time_unit,
        length_unit=length_unit,
        frames=run.frames,
        bodies=system.bodies(spec, start.environment, seed),
        observables=system.observables(spec),
        event_kinds=[event.kind for event in system.events],
        modes=system.modes(spec, start.environment),
        certificate=Certificate(
            method=quality.method,
            engine_version=ENGINE_VERSION,
            steps=quality.steps,
            invariants=quality.invariants,
            notes=quality.notes,
            order=quality.order,
        ),
        spec=spec.model_dump(mode="json"),
        environment=start.environment,
        seed=seed,
    )
