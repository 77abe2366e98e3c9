"""A stretched sheet on a square grid: the leapfrog of the five-point Laplacian, in place, lanes along rows.

Arrays (rows, columns) have a border of points that stay 0; `inside` is 1 on the skin and 0 off it.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.phases import exponential

Floats = NDArray[np.float64]


@kernel
def sheet_walk(
    count: int, h: float, u: Floats, w: Floats, inside: Floats, last: float, c2: float, s0: float, s1: float,
    room: Floats,
) -> float:  # fmt: skip
    """`count` steps of h of u_tt = c2 lap u - 2 s0 u_t + 2 s1 lap u_t (Bilbao 2009, section 11.4); c2, s1 over dx^2.

    u is at the step, w half a step (`last` long) before it. Steps may change: a kick lasts (last + h) / 2. Returns the
    step. `room` is of the shape of u.
    """
    rows, columns = u.shape
    for _ in range(count):
        kick = 0.5 * (last + h)
        fade = exponential(-2.0 * s0 * kick)
        push = kick * c2
        if s1 > 0.0:
            for i in range(1, rows - 1):
                laplacian(w[i - 1], w[i], w[i + 1], 2.0 * kick * s1, room[i])
            for i in range(1, rows - 1):
                speed, more = w[i], room[i]
                for j in range(columns - 2):
                    speed[j + 1] += more[j + 1]
        for i in range(1, rows - 1):
            up, here, down, speed, mask = u[i - 1], u[i], u[i + 1], w[i], inside[i]
            for j in range(columns - 2):
                lap = ((up[j + 1] + down[j + 1]) + (here[j] + here[j + 2])) - 4.0 * here[j + 1]
                speed[j + 1] = mask[j + 1] * (fade * (speed[j + 1] + push * lap))
        for i in range(1, rows - 1):
            here, speed = u[i], w[i]
            for j in range(columns - 2):
                here[j + 1] += h * speed[j + 1]
        last = h
    return last


@inner
def laplacian(up: Floats, here: Floats, down: Floats, factor: float, out: Floats) -> None:
    """factor times the five-point Laplacian of a row."""
    for j in range(here.shape[0] - 2):
        out[j + 1] = factor * (((up[j + 1] + down[j + 1]) + (here[j] + here[j + 2])) - 4.0 * here[j + 1])


@kernel
def sheet_energy(u: Floats, w: Floats, h: float, c2: float, mass: float) -> float:
    """The energy that the leapfrog keeps: speeds half a step before, slopes of the two displacements around it; in
    J."""
    rows, columns = u.shape
    total = 0.0
    for i in range(rows - 1):
        for j in range(columns - 1):
            total += w[i, j] * w[i, j]
            a, b = u[i + 1, j] - u[i, j], u[i, j + 1] - u[i, j]
            c, d = a - h * (w[i + 1, j] - w[i, j]), b - h * (w[i, j + 1] - w[i, j])
            total += c2 * (a * c + b * d)
    return 0.5 * mass * total
