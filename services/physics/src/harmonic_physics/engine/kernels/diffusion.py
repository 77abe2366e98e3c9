"""Diffusion and reaction on a grid of cells, with a border of ghost cells: Heun's method, lanes along rows.

Fields are (rows + 2, columns + 2); a line is one row between two insulated ghosts.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
INSULATED, HELD, PERIODIC = range(3)


@inner
def borders(u: Floats, edge: int, level: float) -> None:
    """Ghost cells: the neighbour itself (no flux), its mirror image in `level` (held there), or the other side."""
    rows, columns = u.shape
    for i in range(rows):
        if edge == PERIODIC:
            u[i, 0], u[i, columns - 1] = u[i, columns - 2], u[i, 1]
        elif edge == HELD:
            u[i, 0], u[i, columns - 1] = 2.0 * level - u[i, 1], 2.0 * level - u[i, columns - 2]
        else:
            u[i, 0], u[i, columns - 1] = u[i, 1], u[i, columns - 2]
    line = rows == 3
    for j in range(columns):
        if line or edge == INSULATED:
            u[0, j], u[rows - 1, j] = u[1, j], u[rows - 2, j]
        elif edge == PERIODIC:
            u[0, j], u[rows - 1, j] = u[rows - 2, j], u[1, j]
        else:
            u[0, j], u[rows - 1, j] = 2.0 * level - u[1, j], 2.0 * level - u[rows - 2, j]


@inner
def warmth(u: Floats, spread: float, loss: float, level: float, out: Floats) -> None:
    """spread lap u - loss (u - level), row by row; spread is D / dx^2."""
    for i in range(1, u.shape[0] - 1):
        up, here, down, rate = u[i - 1], u[i], u[i + 1], out[i]
        for j in range(u.shape[1] - 2):
            lap = ((up[j + 1] + down[j + 1]) + (here[j] + here[j + 2])) - 4.0 * here[j + 1]
            rate[j + 1] = spread * lap - loss * (here[j + 1] - level)


@inner
def reaction(
    u: Floats, v: Floats, spread_u: float, spread_v: float, feed: float, kill: float, du: Floats, dv: Floats
) -> None:
    """Gray and Scott: u + 2 v -> 3 v; u is fed, v is taken away."""
    for i in range(1, u.shape[0] - 1):
        a, b, c, p = u[i - 1], u[i], u[i + 1], du[i]
        d, e, f, q = v[i - 1], v[i], v[i + 1], dv[i]
        for j in range(u.shape[1] - 2):
            turned = b[j + 1] * e[j + 1] * e[j + 1]
            lap_u = ((a[j + 1] + c[j + 1]) + (b[j] + b[j + 2])) - 4.0 * b[j + 1]
            lap_v = ((d[j + 1] + f[j + 1]) + (e[j] + e[j + 2])) - 4.0 * e[j + 1]
            p[j + 1] = spread_u * lap_u - turned + feed * (1.0 - b[j + 1])
            q[j + 1] = spread_v * lap_v + turned - (feed + kill) * e[j + 1]


@inner
def moved(u: Floats, h: float, rate: Floats, out: Floats) -> None:
    """out = u + h rate, inside the border."""
    for i in range(1, u.shape[0] - 1):
        here, change, new = u[i], rate[i], out[i]
        for j in range(u.shape[1] - 2):
            new[j + 1] = here[j + 1] + h * change[j + 1]


@inner
def joined(u: Floats, h: float, first: Floats, second: Floats) -> None:
    """u += h (first + second) / 2, inside the border."""
    for i in range(1, u.shape[0] - 1):
        here, a, b = u[i], first[i], second[i]
        for j in range(u.shape[1] - 2):
            here[j + 1] += 0.5 * h * (a[j + 1] + b[j + 1])


@kernel
def warm_walk(
    count: int, h: float, u: Floats, edge: int, spread: float, loss: float, level: float, room: Floats, probes: Floats,
    out: Floats,
) -> None:  # fmt: skip
    """`count` steps of diffusion in place; the level at each probe after each into out. room (3, ...) of u's shape."""
    trial, first, second = room[0], room[1], room[2]
    for n in range(count):
        borders(u, edge, level)
        warmth(u, spread, loss, level, first)
        moved(u, h, first, trial)
        borders(trial, edge, level)
        warmth(trial, spread, loss, level, second)
        joined(u, h, first, second)
        heard(u, probes, out[n])


@kernel
def reaction_walk(
    count: int, h: float, u: Floats, v: Floats, edge: int, spread_u: float, spread_v: float, feed: float, kill: float,
    room: Floats, probes: Floats, out: Floats,
) -> None:  # fmt: skip
    """`count` steps of Gray and Scott's reaction in place; v at each probe after each. room (6, ...) of u's shape.

    A held border is at the state without life: u = 1, v = 0.
    """
    for n in range(count):
        borders(u, edge, 1.0)
        borders(v, edge, 0.0)
        reaction(u, v, spread_u, spread_v, feed, kill, room[0], room[1])
        moved(u, h, room[0], room[2])
        moved(v, h, room[1], room[3])
        borders(room[2], edge, 1.0)
        borders(room[3], edge, 0.0)
        reaction(room[2], room[3], spread_u, spread_v, feed, kill, room[4], room[5])
        joined(u, h, room[0], room[4])
        joined(v, h, room[1], room[5])
        heard(v, probes, out[n])


@inner
def heard(u: Floats, probes: Floats, out: Floats) -> None:
    """The level at places given in cells from the first cell's middle (probes, 2), bilinear inside the border."""
    for k in range(probes.shape[0]):
        i, j = min(int(probes[k, 1]), u.shape[0] - 4), min(int(probes[k, 0]), u.shape[1] - 4)
        i, j = max(i, 0), max(j, 0)
        y, x = probes[k, 1] - i, probes[k, 0] - j
        low = (1.0 - x) * u[i + 1, j + 1] + x * u[i + 1, j + 2]
        high = (1.0 - x) * u[i + 2, j + 1] + x * u[i + 2, j + 2]
        out[k] = low if y == 0.0 else (1.0 - y) * low + y * high


@kernel
def moments(u: Floats, out: Floats) -> None:
    """Mean and standard deviation inside the border."""
    total, count = 0.0, (u.shape[0] - 2) * (u.shape[1] - 2)
    for i in range(1, u.shape[0] - 1):
        for j in range(1, u.shape[1] - 1):
            total += u[i, j]
    mean, square = total / count, 0.0
    for i in range(1, u.shape[0] - 1):
        for j in range(1, u.shape[1] - 1):
            away = u[i, j] - mean
            square += away * away
    out[0], out[1] = mean, sqrt(square / count)


@kernel
def listened(u: Floats, probes: Floats, out: Floats) -> None:
    """For Python: the level at every probe."""
    heard(u, probes, out)
