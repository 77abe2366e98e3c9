"""A step as a polynomial: frames and events inside it are read from there, and never shorten it.

series (10, n, 3): x(s) = series[0] + series[1] s + ... + series[9] s^9, s in [0, 1] the share of the step h.
"""

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.gravity import Floats, accelerate, jerk


@inner
def hermite(start: Floats, end: Floats, gm: Floats, soft: float, h: float, series: Floats) -> None:
    """Of degree 7, from position, velocity, acceleration and jerk at both ends; error h^8 x''''''''/ (8! 2^8).

    With d = x(1) - its Taylor polynomial of degree 3 at 0, and d', d''/2, d'''/6 alike, the coefficients of s^4..s^7
    solve a 4 x 4 system whose inverse is written out.
    """
    n = start.shape[1]
    a0, a1, j0, j1 = np.empty((n, 3)), np.empty((n, 3)), np.empty((n, 3)), np.empty((n, 3))
    accelerate(start[0].reshape(3 * n), gm, soft, a0.reshape(3 * n))
    accelerate(end[0].reshape(3 * n), gm, soft, a1.reshape(3 * n))
    jerk(start[0], start[1], gm, soft, j0)
    jerk(end[0], end[1], gm, soft, j1)
    for i in range(n):
        for k in range(3):
            c0, c1 = start[0, i, k], h * start[1, i, k]
            c2, c3 = 0.5 * h * h * a0[i, k], h * h * h / 6.0 * j0[i, k]
            p = (end[0, i, k] - c0) - ((end[2, i, k] - start[2, i, k]) + c1 + c2 + c3)
            q = h * end[1, i, k] - c1 - 2.0 * c2 - 3.0 * c3
            r = 0.5 * h * h * a1[i, k] - c2 - 3.0 * c3
            t = h * h * h / 6.0 * j1[i, k] - c3
            series[0, i, k], series[1, i, k], series[2, i, k], series[3, i, k] = c0, c1, c2, c3
            series[4, i, k] = 35.0 * p - 15.0 * q + 5.0 * r - t
            series[5, i, k] = -84.0 * p + 39.0 * q - 14.0 * r + 3.0 * t
            series[6, i, k] = 70.0 * p - 34.0 * q + 13.0 * r - 3.0 * t
            series[7, i, k] = -20.0 * p + 10.0 * q - 4.0 * r + t
            series[8, i, k], series[9, i, k] = 0.0, 0.0


@inner
def collocation(start: Floats, a0: Floats, b: Floats, h: float, series: Floats) -> None:
    """Of degree 9: the twice integrated polynomial of a Gauss-Radau step."""
    n = start.shape[1]
    for i in range(n):
        for k in range(3):
            series[0, i, k] = start[0, i, k] - start[2, i, k]
            series[1, i, k] = h * (start[1, i, k] - start[3, i, k])
            series[2, i, k] = 0.5 * h * h * a0[3 * i + k]
            for j in range(7):
                series[j + 3, i, k] = h * h * b[j, 3 * i + k] / ((j + 2.0) * (j + 3.0))


@inner
def evaluate(series: Floats, s: float, h: float, x: Floats, v: Floats) -> None:
    """Position and velocity at the share s of the step."""
    for i in range(x.shape[0]):
        for k in range(3):
            p, d = series[9, i, k], 0.0
            for c in range(8, -1, -1):
                d = d * s + p
                p = p * s + series[c, i, k]
            x[i, k] = p
            v[i, k] = d / h
