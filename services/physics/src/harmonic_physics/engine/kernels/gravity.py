"""Newtonian gravity and one compensated Kahan-Li step, in strict IEEE arithmetic.

Shapes: x, v, their compensations cx, cv and the acceleration a are (n, 3); gm = G m is (n,).
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner

Floats = NDArray[np.float64]


@inner
def accelerate(x: Floats, gm: Floats, a: Floats) -> None:
    """a_i = sum_j G m_j (x_j - x_i) / |x_j - x_i|^3, pairs in a fixed order."""
    n = x.shape[0]
    a[:] = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            dx = x[j, 0] - x[i, 0]
            dy = x[j, 1] - x[i, 1]
            dz = x[j, 2] - x[i, 2]
            square = dx * dx + dy * dy + dz * dz
            inverse = 1.0 / (square * sqrt(square))
            s = gm[j] * inverse
            a[i, 0] += s * dx
            a[i, 1] += s * dy
            a[i, 2] += s * dz
            s = gm[i] * inverse
            a[j, 0] -= s * dx
            a[j, 1] -= s * dy
            a[j, 2] -= s * dz


@inner
def add_compensated(x: Floats, c: Floats, d: Floats, h: float) -> None:
    """x += h d, with the rounding error kept in c (Kahan 1965)."""
    for i in range(x.shape[0]):
        for k in range(3):
            y = h * d[i, k] - c[i, k]
            t = x[i, k] + y
            c[i, k] = (t - x[i, k]) - y
            x[i, k] = t


@inner
def step(
    x: Floats, v: Floats, cx: Floats, cv: Floats, gm: Floats, h: float, drift: Floats, kick: Floats, a: Floats
) -> None:
    """One step of the composition: leapfrogs of h * kick[s], whose half drifts are joined in `drift`."""
    stages = len(kick)
    for s in range(stages):
        add_compensated(x, cx, v, h * drift[s])
        accelerate(x, gm, a)
        add_compensated(v, cv, a, h * kick[s])
    add_compensated(x, cx, v, h * drift[stages])


@inner
def invariants(x: Floats, v: Floats, m: Floats, g: float, out: Floats) -> None:
    """out = [kinetic, potential, Lx, Ly, Lz, sum of |L_i|], in the units of the state."""
    out[:] = 0.0
    n = x.shape[0]
    for i in range(n):
        out[0] += 0.5 * m[i] * (v[i, 0] * v[i, 0] + v[i, 1] * v[i, 1] + v[i, 2] * v[i, 2])
        lx = m[i] * (x[i, 1] * v[i, 2] - x[i, 2] * v[i, 1])
        ly = m[i] * (x[i, 2] * v[i, 0] - x[i, 0] * v[i, 2])
        lz = m[i] * (x[i, 0] * v[i, 1] - x[i, 1] * v[i, 0])
        out[2] += lx
        out[3] += ly
        out[4] += lz
        out[5] += sqrt(lx * lx + ly * ly + lz * lz)
        for j in range(i + 1, n):
            dx = x[j, 0] - x[i, 0]
            dy = x[j, 1] - x[i, 1]
            dz = x[j, 2] - x[i, 2]
            out[1] -= g * m[i] * m[j] / sqrt(dx * dx + dy * dy + dz * dz)
