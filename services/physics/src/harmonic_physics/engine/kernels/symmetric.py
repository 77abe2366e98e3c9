"""Eigenvalues of symmetric matrices by Jacobi's rotations: slow, accurate, and the same bits on every processor."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import kernel

Floats = NDArray[np.float64]
SWEEPS = 40


@kernel
def eigen(a: Floats, vectors: Floats) -> int:
    """Rotate a (n, n) to its diagonal, in place; rows of `vectors` become the eigenvectors. Sweeps taken, or -1.

    Golub and Van Loan, Matrix Computations (2013), section 8.5. Both triangles are kept, so that rows can be turned by
    SIMD lanes; columns of `a` are turned as rows of its mirror image.
    """
    n = a.shape[0]
    vectors[:] = 0.0
    for k in range(n):
        vectors[k, k] = 1.0
    for sweep in range(SWEEPS):
        off, whole = 0.0, 0.0
        for p in range(n):
            whole += a[p, p] * a[p, p]
            for q in range(p + 1, n):
                off += a[p, q] * a[p, q]
        if off <= 1e-30 * whole:
            return sweep
        for p in range(n - 1):
            for q in range(p + 1, n):
                if a[p, q] * a[p, q] <= 1e-36 * abs(a[p, p] * a[q, q]):
                    continue
                theta = (a[q, q] - a[p, p]) / (2.0 * a[p, q])
                t = 1.0 / (abs(theta) + sqrt(theta * theta + 1.0))
                if theta < 0.0:
                    t = -t
                c = 1.0 / sqrt(t * t + 1.0)
                s = t * c
                at_p, at_q = a[p, p] - t * a[p, q], a[q, q] + t * a[p, q]
                row_p, row_q = a[p], a[q]
                for k in range(n):
                    x, y = row_p[k], row_q[k]
                    row_p[k] = c * x - s * y
                    row_q[k] = s * x + c * y
                a[p, p], a[q, q], a[p, q], a[q, p] = at_p, at_q, 0.0, 0.0
                for k in range(n):
                    a[k, p], a[k, q] = row_p[k], row_q[k]
                turned_p, turned_q = vectors[p], vectors[q]
                for k in range(n):
                    x, y = turned_p[k], turned_q[k]
                    turned_p[k] = c * x - s * y
                    turned_q[k] = s * x + c * y
    return -1


@kernel
def gauss_legendre(nodes: Floats, weights: Floats) -> None:
    """Nodes and weights (n,) of Gauss' rule on [-1, 1]: exact for polynomials of degree 2 n - 1. By Newton's method."""
    n = nodes.shape[0]
    x = 1.0
    for i in range(n):
        # from the right; deflation keeps Newton off the zeros found before
        x = 1.0 - 1e-3 / n if i == 0 else nodes[i - 1] - 1e-3 / n
        for _ in range(200):
            before, here = 1.0, x
            for k in range(2, n + 1):
                before, here = here, ((2 * k - 1) * x * here - (k - 1) * before) / k
            slope = n * (before - x * here) / (1.0 - x * x)
            shift = 0.0
            for j in range(i):
                shift += 1.0 / (x - nodes[j])
            step = here / (slope - here * shift)
            x -= step
            if abs(step) < 1e-15:
                break
        before, here = 1.0, x
        for k in range(2, n + 1):
            before, here = here, ((2 * k - 1) * x * here - (k - 1) * before) / k
        slope = n * (before - x * here) / (1.0 - x * x)
        nodes[i] = x
        weights[i] = 2.0 / ((1.0 - x * x) * slope * slope)
