"""Newtonian gravity and one compensated step of a composition of leapfrogs, in strict IEEE arithmetic.

Shapes: x, v, their compensations cx, cv and the acceleration a are (n, 3); gm = G m is (n,). `soft` is the square of
Plummer's softening length; 0 is Newton.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner

Floats = NDArray[np.float64]


@inner
def accelerate(x: Floats, gm: Floats, soft: float, a: Floats) -> None:
    """a_i = sum_j G m_j (x_j - x_i) / (|x_j - x_i|^2 + soft)^(3/2), pairs in a fixed order. x and a are flat, (3 n,).

    A body without mass has been swallowed: it pulls nobody, and is kept far away.
    """
    n = gm.shape[0]
    a[:] = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            dx = x[3 * j] - x[3 * i]
            dy = x[3 * j + 1] - x[3 * i + 1]
            dz = x[3 * j + 2] - x[3 * i + 2]
            square = dx * dx + dy * dy + dz * dz + soft
            inverse = 1.0 / (square * sqrt(square))
            s = gm[j] * inverse
            a[3 * i] += s * dx
            a[3 * i + 1] += s * dy
            a[3 * i + 2] += s * dz
            s = gm[i] * inverse
            a[3 * j] -= s * dx
            a[3 * j + 1] -= s * dy
            a[3 * j + 2] -= s * dz


@inner
def jerk(x: Floats, v: Floats, gm: Floats, soft: float, j: Floats) -> None:
    """The time derivative of the acceleration."""
    n = x.shape[0]
    j[:] = 0.0
    d = np.empty(3)
    w = np.empty(3)
    for p in range(n):
        for q in range(p + 1, n):
            square, pull = soft, 0.0
            for k in range(3):
                d[k] = x[q, k] - x[p, k]
                w[k] = v[q, k] - v[p, k]
                square += d[k] * d[k]
                pull += d[k] * w[k]
            inverse = 1.0 / (square * sqrt(square))
            share = 3.0 * pull / square
            for k in range(3):
                change = inverse * (w[k] - share * d[k])
                j[p, k] += gm[q] * change
                j[q, k] -= gm[p] * change


@inner
def add_compensated(x: Floats, c: Floats, d: Floats, h: float) -> None:
    """x += h d, with the rounding error kept in c (Kahan 1965). Flat arrays, so that lanes run across them."""
    for i in range(x.shape[0]):
        y = h * d[i] - c[i]
        t = x[i] + y
        c[i] = (t - x[i]) - y
        x[i] = t


@inner
def compose(
    x: Floats,
    v: Floats,
    cx: Floats,
    cv: Floats,
    gm: Floats,
    soft: float,
    h: float,
    drift: Floats,
    kick: Floats,
    a: Floats,
) -> None:
    """One step of the composition: leapfrogs of h * kick[s], whose half drifts are joined in `drift`. All flat."""
    stages = len(kick)
    for s in range(stages):
        add_compensated(x, cx, v, h * drift[s])
        accelerate(x, gm, soft, a)
        add_compensated(v, cv, a, h * kick[s])
    add_compensated(x, cx, v, h * drift[stages])


@inner
def invariants(x: Floats, v: Floats, m: Floats, gm: Floats, soft: float, out: Floats) -> None:
    """out = [kinetic, potential, Lx, Ly, Lz, sum of |L_i|, Px, Py, Pz, sum of |p_i|]."""
    out[:] = 0.0
    n = x.shape[0]
    for i in range(n):
        square = v[i, 0] * v[i, 0] + v[i, 1] * v[i, 1] + v[i, 2] * v[i, 2]
        out[0] += 0.5 * m[i] * square
        lx = m[i] * (x[i, 1] * v[i, 2] - x[i, 2] * v[i, 1])
        ly = m[i] * (x[i, 2] * v[i, 0] - x[i, 0] * v[i, 2])
        lz = m[i] * (x[i, 0] * v[i, 1] - x[i, 1] * v[i, 0])
        out[2] += lx
        out[3] += ly
        out[4] += lz
        out[5] += sqrt(lx * lx + ly * ly + lz * lz)
        for k in range(3):
            out[6 + k] += m[i] * v[i, k]
        out[9] += m[i] * sqrt(square)
        for j in range(i + 1, n):
            dx = x[j, 0] - x[i, 0]
            dy = x[j, 1] - x[i, 1]
            dz = x[j, 2] - x[i, 2]
            out[1] -= m[i] * gm[j] / sqrt(dx * dx + dy * dy + dz * dz + soft)
