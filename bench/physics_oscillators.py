"""Phase oscillators: steps of a million on one core, and their own sine against numpy's in the same run."""

from typing import Any

from bench import report
from bench.clock import best, in_turn
from bench.result import Figure, Measurement

COUNT = 1_000_000
STEPS = 5
BAR = 10.0
"""Runge-Kutta steps of a million phases a second and core."""


def measure() -> Measurement:
    """The best of some of each."""
    import numpy as np

    from harmonic_physics.engine.checking import check
    from harmonic_physics.engine.kernels.kuramoto import sincos_lanes

    spec = {
        "count": COUNT, "duration": 1.0, "frame_interval": 1.0, "time_step": 0.01, "spread": 0.1, "coupling": 1.0,
        "distribution": "uniform", "shown": 16, "beats": False,
    }  # fmt: skip
    run: Any = check("oscillators", spec, {}).run(1)
    ours = best(3, lambda: run.march(0.0, 0.01, STEPS)) / STEPS
    phases = run.state["phase"].copy()
    sine, cosine, angles = np.empty_like(phases), np.empty_like(phases), phases * (2 * np.pi)
    own, theirs = in_turn(3, lambda: sincos_lanes(phases, sine, cosine), lambda: (np.sin(angles), np.cos(angles)))
    return Measurement(
        "physics_oscillators",
        "python -m bench.physics_oscillators",
        [
            Figure("Kuramoto, 1,000,000 oscillators, Runge-Kutta 4 steps a second", 1.0 / ours, "1/s", BAR, True),
            Figure("sine and cosine of a million, strict, numpy over ours", theirs / own, "", 1.0, True),
        ],
    )


if __name__ == "__main__":
    report.show(measure())
