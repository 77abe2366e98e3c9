"""Modes of a thin rectangular plate with any edges, by Ritz' method with Jacobi polynomials.

Along each axis the trial functions are (1 - x)^p (1 + x)^q times Jacobi polynomials for the weight (1 - x)^2p (1 +
x)^2q,
p and q = 0 at a free, 1 at a supported, 2 at a clamped edge: orthonormal as they stand, so that the mass matrix is one.
With the Legendre polynomials of free edges this is the method of Ritz (1909) as given by Leissa (1973).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import factorial, sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.symmetric import eigen, gauss_legendre

Floats = NDArray[np.float64]
POWERS = {"free": 0, "supported": 1, "clamped": 2}
RIGID = 1e-6
"""Eigenvalues below this are motions as a whole, which bend nothing."""


@dataclass(frozen=True)
class Solution:
    """Modes by rising eigenvalue: omega a^2 sqrt(rho h / D) (m,), and coefficients (m, n, n) over the trial
    functions."""

    eigenvalues: Floats
    coefficients: Floats


def recurrence(count: int, alpha: int, beta: int) -> tuple[list[float], list[float], float]:
    """Coefficients a_n, sqrt(b_n) of orthonormal Jacobi polynomials, and p_0 (Gautschi 2004, table 1.1)."""
    total = alpha + beta
    a, b = [], []
    for n in range(count + 1):
        m = 2 * n + total
        a.append((beta - alpha) / (total + 2.0) if n == 0 else (beta * beta - alpha * alpha) / (m * (m + 2.0)))
        if n == 1:
            b.append(4.0 * (1 + alpha) * (1 + beta) / ((2.0 + total) ** 2 * (3.0 + total)))
        elif n > 1:
            b.append(4.0 * n * (n + alpha) * (n + beta) * (n + total) / (m * m * (m + 1.0) * (m - 1.0)))
        else:
            b.append(0.0)
    mass = 2.0 ** (total + 1) * factorial(alpha) * factorial(beta) / factorial(total + 1)
    return a, [sqrt(value) for value in b], 1.0 / sqrt(mass)


def trial(count: int, edges: tuple[str, str], x: Floats) -> Floats:
    """Trial functions with two derivatives at points x of [-1, 1]: (3, count, len(x))."""
    q, p = POWERS[edges[0]], POWERS[edges[1]]
    a, root, first = recurrence(count, 2 * p, 2 * q)
    poly = np.zeros((3, count, len(x)))
    poly[0, 0] = first
    for n in range(count - 1):  # sqrt(b_{n+1}) p_{n+1} = (x - a_n) p_n - sqrt(b_n) p_{n-1}, and its derivatives
        for d in range(3):
            value = (x - a[n]) * poly[d, n]
            if d:
                value = value + d * poly[d - 1, n]
            if n:
                value = value - root[n] * poly[d, n - 1]
            poly[d, n + 1] = value / root[n + 1]
    edge = _edge(p, q, x)
    found = np.empty_like(poly)
    found[0] = edge[0] * poly[0]
    found[1] = edge[1] * poly[0] + edge[0] * poly[1]
    found[2] = edge[2] * poly[0] + 2.0 * edge[1] * poly[1] + edge[0] * poly[2]
    return found


def _edge(p: int, q: int, x: Floats) -> Floats:
    """(1 - x)^p (1 + x)^q with two derivatives."""
    left, right = _power(1.0 - x, p, -1.0), _power(1.0 + x, q, 1.0)
    second = left[2] * right[0] + 2.0 * left[1] * right[1] + left[0] * right[2]
    return np.stack([left[0] * right[0], left[1] * right[0] + left[0] * right[1], second])


def _power(base: Floats, n: int, slope: float) -> tuple[Floats, Floats, Floats]:
    one, none = np.ones_like(base), np.zeros_like(base)
    if n == 0:
        return one, none, none
    if n == 1:
        return base, slope * one, none
    return base * base, 2.0 * slope * base, 2.0 * one


def _integrals(count: int, edges: tuple[str, str]) -> tuple[Floats, Floats, Floats]:
    """Matrices of X'' X'', X'' X and X' X' over [-1, 1], by Gauss' rule, sums in a fixed order."""
    nodes, weights = np.empty(count + 4), np.empty(count + 4)
    gauss_legendre(nodes, weights)
    f = trial(count, edges, nodes)
    found = []
    for i, k in ((2, 2), (2, 0), (1, 1)):
        total = np.zeros((count, count))
        for j in range(len(nodes)):
            total += weights[j] * f[i, :, j][:, None] * f[k, :, j][None, :]
        found.append(total)
    return found[0], found[1], found[2]


@lru_cache(maxsize=16)
def solve(edges: tuple[str, str, str, str], ratio: float, poisson: float, count: int) -> Solution:
    """Modes of a plate a x b with ratio = a / b; edges left, right, bottom, top; `count` functions along each axis."""
    a2, a20, a11 = _integrals(count, edges[:2])
    b2, b20, b11 = _integrals(count, edges[2:])
    one, r2 = np.eye(count), ratio * ratio

    def block(rows: list[tuple[int, int]]) -> Floats:
        i, j = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
        x, y = np.ix_(i, i), np.ix_(j, j)
        twist = 2.0 * (1.0 - poisson) * r2 * a11[x] * b11[y]
        mixed = poisson * r2 * (a20[x] * b20.T[y] + a20.T[x] * b20[y])
        bent: Floats = a2[x] * one[y] + r2 * r2 * one[x] * b2[y] + mixed + twist
        return bent

    values: list[float] = []
    shapes: list[Floats] = []
    for rows in _blocks(edges, count):
        matrix, vectors = block(rows), np.empty((len(rows), len(rows)))
        eigen(matrix, vectors)
        for k in range(len(rows)):
            values.append(float(matrix[k, k]))
            shape = np.zeros((count, count))
            for (i, j), c in zip(rows, vectors[k].tolist(), strict=True):
                shape[i, j] = c
            shapes.append(shape)
    order = sorted(range(len(values)), key=lambda k: (values[k], k))
    kept = [k for k in order if values[k] > RIGID * max(1.0, ratio) ** 4][: count * count // 3]
    return Solution(np.array([4.0 * sqrt(values[k]) for k in kept]), np.stack([shapes[k] for k in kept]))


def _blocks(edges: tuple[str, str, str, str], count: int) -> list[list[tuple[int, int]]]:
    """Trial functions that do not mix: by parity along each axis whose two edges are alike."""
    across = [range(0, count, 2), range(1, count, 2)] if edges[0] == edges[1] else [range(count)]
    along = [range(0, count, 2), range(1, count, 2)] if edges[2] == edges[3] else [range(count)]
    return [[(i, j) for i in x for j in y] for x in across for y in along]
