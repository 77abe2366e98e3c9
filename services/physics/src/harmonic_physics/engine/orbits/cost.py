"""What a run of orbits costs on one core: measured figures a step, a frame and a watched event."""

from harmonic_physics.engine.orbits.choice import Choice
from harmonic_physics.engine.systems.orbits import OrbitsSpec

PAIR, BODY, DETECTOR, RESONANCE, STEP, FRAME = 6.5e-9, 4e-9, 1e-8, 2e-6, 4e-7, 1e-6
"""Seconds of one force pair and of one body in a force, of one watched event, of the rest of a step, of a frame."""
COMPOSED, SWEPT = 17, 23
"""Forces of a symplectic and of an adaptive step."""
SWEEP_BODY = 4.5e-8
"""Seconds of one body in one force of an adaptive step: the polynomials."""
ROOTS = 1.3
"""Factor for finding the events' times."""


def steps_a_time(spec: OrbitsSpec, choice: Choice, shortest: float) -> float:
    """Steps per unit of the universe's own time; `shortest` is the time of the fastest turn."""
    return spec.steps_per_period / max(shortest, 1e-300) if choice.method == "symplectic" else choice.rate


def step_seconds(spec: OrbitsSpec, choice: Choice) -> float:
    """Of one step with its events."""
    n = len(spec.bodies)
    pairs = n * (n - 1) / 2
    forces, body = (COMPOSED, BODY) if choice.method == "symplectic" else (SWEPT, SWEEP_BODY)
    watched = sum(kind in spec.events for kind in ("transit", "perihelion")) * n + n
    watched += sum(kind in spec.events for kind in ("conjunction", "eclipse")) * round(pairs)
    watching = watched * DETECTOR + len(spec.resonances) * RESONANCE
    return (STEP + forces * (pairs * PAIR + n * body) + watching) * (ROOTS if spec.events else 1.0)


def frame_seconds(spec: OrbitsSpec) -> float:
    """Of one frame."""
    n = len(spec.bodies)
    return FRAME + n * n * PAIR + len(spec.resonances) * RESONANCE
