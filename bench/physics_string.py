"""Strings at the speed of sound: 117 partials of a stiff string, and the same string on a grid, strict IEEE."""

import numpy as np

from bench import report
from bench.clock import best
from bench.result import Figure, Measurement

RATE, PARTIALS = 48_000, 117
BAR = 300.0
"""Seconds of sound a second of processor time."""


def measure() -> Measurement:
    """Real-time factors, best of several: one second of sound each."""
    from harmonic_physics.engine.kernels import modal, strings
    from harmonic_physics.engine.string.dispersion import bound, grid
    from harmonic_physics.engine.systems.string import StringBody

    n = np.arange(1.0, PARTIALS + 1)
    modes = np.stack([50.0 * n * np.sqrt(1 + 3e-4 * n * n), 0.5 + 0.02 * n], axis=1)
    q, v, weights, out, room = 1 / n**2, np.zeros(PARTIALS), np.sin(0.3 * n), np.zeros(RATE), np.empty(2048)
    by_modes = best(12, lambda: modal.sound(q, v, modes, weights, 1 / RATE, out, room))

    body = StringBody(name="a", frequency=110.0)
    each = grid(body, RATE)
    u, w, force = np.zeros(each.points + 1), np.zeros(each.points + 1), np.zeros(each.points + 1)
    u[5] = 1e-3
    by_grid = best(5, lambda: strings.grid_walk(RATE, 1 / RATE, u, w, 1 / RATE, each.c2, each.k2, 0.5, 0.0, force))
    return Measurement(
        "physics_string",
        "python -m bench.physics_string",
        [
            Figure(f"stiff string, {PARTIALS} exact partials at 48 kHz", 1 / by_modes, "x real time", BAR, True),
            Figure(f"stiff string, finite differences, {each.points} points", 1 / by_grid, "x real time"),
            Figure("the grid's dispersion, bound up to partial 40", bound(body, each, RATE, 40), "cent"),
        ],
    )


if __name__ == "__main__":
    report.show(measure())
