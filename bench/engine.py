"""The engines: TRAPPIST-1 against REBOUND's IAS15 in the same run, and the renderer against the clock of the music."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.result import Figure, Measurement
from harmonic_contracts.score import Score

PRESET = "trappist-1"
REAL_TIME_BAR = 30.0
"""Seconds of sound a second: a minute in two of the three seconds that simulation and rendering have together."""
TIMES = 3


def measure() -> Measurement:
    """The best of three of each: what the code costs when nothing else runs."""
    from harmonic_physics.engine.checking import check
    from harmonic_physics.engine.registry import preset
    from harmonic_physics.engine.simulate import simulate

    system, found = preset(PRESET)
    start = check(system.kind, found.spec, found.environment)
    cold = _timed(lambda: simulate(start))
    ours = min(_timed(lambda: simulate(start)) for _ in range(TIMES))
    theirs = min(_timed(lambda: _rebound(start)) for _ in range(TIMES))
    score = _score(simulate(start))
    rendered = min(_timed(lambda: _render(score)) for _ in range(TIMES))
    days, frames = start.spec.duration, start.spec.frames
    return Measurement(
        "engine",
        "python -m bench engine",
        [
            Figure("TRAPPIST-1, loading of the kernels and first run, processor time", cold, "s"),
            Figure("TRAPPIST-1, processor time", ours, "s"),
            Figure("TRAPPIST-1, REBOUND IAS15, the same frames, no events, processor time", theirs, "s"),
            Figure("TRAPPIST-1, REBOUND over ours (more than 1: ours is faster)", theirs / ours, "", 1.0, True),
            Figure("rendering of its score, processor time", rendered, "s"),
            Figure("rendering, seconds of sound a second", score.duration_s / rendered, "", REAL_TIME_BAR, True),
        ],
        [
            f"{days:g} days, {frames} frames. Ours finds every transit, perihelion, conjunction and collision on the "
            "way; REBOUND only integrates to the frames. Both keep the energy to about 1e-15."
        ],
    )


def sound_cpu_s() -> float:
    """Processor time of the simulation and the rendering of the demo's minute together, kernels loaded, at best."""
    from harmonic_physics.engine.checking import check
    from harmonic_physics.engine.registry import preset
    from harmonic_physics.engine.simulate import simulate

    system, found = preset(PRESET)
    start = check(system.kind, found.spec, found.environment)
    score = _score(simulate(start))
    return min(_timed(lambda: simulate(start)) + _timed(lambda: _render(score)) for _ in range(TIMES))


def _timed(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _rebound(start: Any) -> None:
    """The same bodies from the same start to the same frames."""
    import rebound

    from harmonic_physics.engine.orbits.start import begin

    initial = begin(start.spec, start.environment)
    simulation = rebound.Simulation()
    simulation.G = initial.g
    simulation.integrator = "ias15"
    for mass, place, speed in zip(initial.masses, initial.positions, initial.velocities, strict=True):
        simulation.add(m=mass, x=place[0], y=place[1], z=place[2], vx=speed[0], vy=speed[1], vz=speed[2])
    for frame in range(start.spec.frames):
        simulation.integrate(frame * start.spec.frame_interval)


def _score(result: Any) -> Score:
    """The score that the preset's own soundscape makes of a run."""
    from harmonic_audio.mapping import EventColumns, Motion, map_to_score
    from harmonic_audio.soundscape.defaults import default_soundscape

    table = result.events
    events = EventColumns(
        time=table.time,
        kind=table.kind.astype("int64"),
        body_a=table.body_a.astype("int64"),
        body_b=table.body_b.astype("int64"),
        strength=table.strength,
        position=table.position,
    )
    motion = Motion(result.header, result.time, events, result.arrays)
    return map_to_score(default_soundscape("orbits", PRESET, "TRAPPIST-1"), motion)


def _render(score: Score) -> None:
    from harmonic_audio.rendering import render
    from harmonic_audio.soundscape import Mix

    with tempfile.TemporaryDirectory() as folder:
        render(score, Mix(), Path(folder))
