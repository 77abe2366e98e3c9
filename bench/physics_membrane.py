"""A membrane of 159 x 159 points by finite differences at 48 kHz on one core: seconds of sound a second."""

from collections.abc import Callable

import numpy as np

from bench import report
from bench.clock import best
from bench.result import Figure, Measurement

RATE, SIDE = 48_000, 159
STEPS = RATE // 10
BAR = 1.0


def measure() -> Measurement:
    """A tenth of a second of sound, best of five: with one loss, and with a loss that grows with frequency."""
    name = f"membrane, {SIDE} x {SIDE} points at 48 kHz"
    plain, growing = (STEPS / RATE / best(5, _walk(loss)) for loss in (0.0, 10.0))
    return Measurement(
        "physics_membrane",
        "python -m bench.physics_membrane",
        [
            Figure(name, plain, "x real time", BAR, True),
            Figure(f"{name}, loss growing with frequency", growing, "x real time"),
        ],
    )


def _walk(loss: float) -> Callable[[], object]:
    from harmonic_physics.engine.kernels.sheets import sheet_walk

    u, w, inside = np.zeros((SIDE + 2, SIDE + 2)), np.zeros((SIDE + 2, SIDE + 2)), np.zeros((SIDE + 2, SIDE + 2))
    inside[1:-1, 1:-1] = 1.0
    w[40, 60], room = 1.0, np.zeros_like(u)
    return lambda: sheet_walk(STEPS, 1 / RATE, u, w, inside, 1 / RATE, 0.48 * RATE**2, 3.0, loss, room)


if __name__ == "__main__":
    report.show(measure())
