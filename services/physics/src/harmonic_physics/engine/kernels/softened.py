"""Direct sums of softened gravity in strict IEEE arithmetic, with the SIMD lanes across the bodies pulled.

A tile of 128 bodies i stays in registers and cache while the loop over the sources j runs outside it, so that every sum
is added in the order of j on any processor: one instruction per addition, whatever the width. Plummer's softening:
a_i = sum_j G m_j d / (d^2 + eps^2)^(3/2) (Aarseth 1963; Dehnen 2001).

Shapes: x (3, n), gm (n,); `field` (4, n) holds the acceleration and, in its last row, the potential.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
TILE = 128


@kernel
def direct(x: Floats, gm: Floats, square: float, low: int, high: int, field: Floats) -> None:
    """The field of all bodies on bodies low..high-1, which begin a tile; `square` is eps^2 > 0."""
    n = x.shape[1]
    px, py, pz = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    ax, ay, az, phi = np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE)
    own = 1.0 / sqrt(square)
    for first in range(low, high, TILE):
        for i in range(TILE):  # the last tile is filled up with copies of the last body, so that lanes stay full
            k = min(first + i, n - 1)
            px[i], py[i], pz[i] = x[0, k], x[1, k], x[2, k]
            ax[i], ay[i], az[i], phi[i] = 0.0, 0.0, 0.0, 0.0
        for j in range(n):
            xj, yj, zj, g = x[0, j], x[1, j], x[2, j], gm[j]
            for i in range(TILE):
                dx, dy, dz = xj - px[i], yj - py[i], zj - pz[i]
                r2 = dx * dx + dy * dy + dz * dz + square
                s = g / (r2 * sqrt(r2))
                ax[i] += s * dx
                ay[i] += s * dy
                az[i] += s * dz
                phi[i] -= s * r2
        for k in range(first, min(first + TILE, high)):
            i = k - first
            field[0, k], field[1, k], field[2, k] = ax[i], ay[i], az[i]
            field[3, k] = phi[i] + gm[k] * own  # without the body's own


@kernel
def add_cores(x: Floats, gm: Floats, core: Floats, core_gm: Floats, scale: Floats, field: Floats, back: Floats) -> None:
    """Add the pull of rigid Plummer haloes (core (3, c), scale (c,)) to `field`, and the reaction to `back` (4, c).

    Every pair acts with eps^2 = scale^2, two cores with the sum of both: forces are opposite and equal, so that
    momentum and energy are kept.
    """
    cores, n = core.shape[1], x.shape[1]
    for c in range(cores):
        square = scale[c] * scale[c]
        cx, cy, cz, g = core[0, c], core[1, c], core[2, c], core_gm[c]
        fx, fy, fz, fp = 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            dx, dy, dz = cx - x[0, i], cy - x[1, i], cz - x[2, i]
            r2 = dx * dx + dy * dy + dz * dz + square
            s = 1.0 / (r2 * sqrt(r2))
            field[0, i] += g * s * dx
            field[1, i] += g * s * dy
            field[2, i] += g * s * dz
            field[3, i] -= g * s * r2
            pull = gm[i] * s
            fx -= pull * dx
            fy -= pull * dy
            fz -= pull * dz
            fp -= pull * r2
        back[0, c], back[1, c], back[2, c], back[3, c] = fx, fy, fz, fp
    for c in range(cores):
        for o in range(cores):
            if o != c:
                dx, dy, dz = core[0, o] - core[0, c], core[1, o] - core[1, c], core[2, o] - core[2, c]
                r2 = dx * dx + dy * dy + dz * dz + scale[o] * scale[o] + scale[c] * scale[c]
                s = core_gm[o] / (r2 * sqrt(r2))
                back[0, c] += s * dx
                back[1, c] += s * dy
                back[2, c] += s * dz
                back[3, c] -= s * r2


@inner
def kick_row(v: Floats, a: Floats, h: float, k: int) -> None:
    """v += h a, one axis."""
    for i in range(v.shape[1]):
        v[k, i] += h * a[k, i]


@kernel
def kick(v: Floats, a: Floats, h: float) -> None:
    """v += h a for v (3, n) and a field (4, n); drift is the same with v for a."""
    for k in range(3):
        kick_row(v, a, h, k)
