"""Fourier transforms in a fixed order of operations: Stockham's algorithm along columns, lanes across them.

A transform of N = n1 n2 numbers is two of short columns with a turn of phases between (Bailey 1990), so that even one
line of numbers fills the lanes. Real and imaginary parts are arrays of their own; the inverse is the same with the two
exchanged. Numbers are left in natural order. n1 and n2 are powers of two.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.phases import sincos_turns

Floats = NDArray[np.float64]


@kernel
def roots_of_unity(n: int, real: Floats, imaginary: Floats) -> None:
    """exp(-2 pi i k / n) for k < len(real)."""
    for k in range(real.shape[0]):
        sine, cosine = sincos_turns((k % n) / n)
        real[k], imaginary[k] = cosine, -sine


@inner
def columns(a: Floats, b: Floats, c: Floats, d: Floats, n: int, width: int, wr: Floats, wi: Floats) -> bool:
    """Transform along the first axis of (n, width) numbers, flat in a + i b, with c + i d to work in.

    wr + i wi are the n-th roots of unity. Whether the result lies in c + i d.
    """
    left, m = n // 2, width
    moved = False
    while left >= 1:
        for j in range(left):
            p, q = wr[j * (n // (2 * left))], wi[j * (n // (2 * left))]
            x, y = a[j * m : (j + 1) * m], b[j * m : (j + 1) * m]
            u, v = a[(j + left) * m : (j + left + 1) * m], b[(j + left) * m : (j + left + 1) * m]
            e, f = c[2 * j * m : (2 * j + 1) * m], d[2 * j * m : (2 * j + 1) * m]
            g, h = c[(2 * j + 1) * m : (2 * j + 2) * m], d[(2 * j + 1) * m : (2 * j + 2) * m]
            for k in range(m):
                e[k] = x[k] + u[k]
                f[k] = y[k] + v[k]
            for k in range(m):
                r, s = x[k] - u[k], y[k] - v[k]
                g[k] = p * r - q * s
                h[k] = p * s + q * r
        a, b, c, d = c, d, a, b
        moved = not moved
        left //= 2
        m *= 2
    return moved


@inner
def turned(a: Floats, c: Floats, rows: int, width: int) -> None:
    """c (width, rows) = the transpose of a (rows, width), both flat."""
    for i in range(rows):
        for j in range(width):
            c[j * rows + i] = a[i * width + j]


@inner
def forward(
    a: Floats, b: Floats, c: Floats, d: Floats, n1: int, n2: int, line: bool, table: tuple[Floats, ...]
) -> None:
    """Transform a + i b in place; c + i d is room. line: one transform of n1 n2 numbers, else along both axes, and the
    result is transposed: (n2, n1). table = roots for n1, for n2, and the phases (n1 n2) between for a line."""
    if columns(a, b, c, d, n1, n2, table[0], table[1]):
        a[:] = c
        b[:] = d
    if line:
        tr, ti = table[4], table[5]
        for k in range(n1 * n2):
            x, y = a[k], b[k]
            a[k] = x * tr[k] - y * ti[k]
            b[k] = x * ti[k] + y * tr[k]
    turned(a, c, n1, n2)
    turned(b, d, n1, n2)
    if columns(c, d, a, b, n2, n1, table[2], table[3]):
        return
    a[:] = c
    b[:] = d


@inner
def backward(
    a: Floats, b: Floats, c: Floats, d: Floats, n1: int, n2: int, line: bool, table: tuple[Floats, ...]
) -> None:
    """The inverse of `forward`, times n1 n2."""
    if columns(b, a, d, c, n2, n1, table[2], table[3]):
        a[:] = c
        b[:] = d
    if line:
        tr, ti = table[4], table[5]
        turned(a, c, n2, n1)
        turned(b, d, n2, n1)
        for k in range(n1 * n2):
            x, y = c[k], d[k]
            a[k] = x * tr[k] + y * ti[k]
            b[k] = y * tr[k] - x * ti[k]
    else:
        turned(a, c, n2, n1)
        turned(b, d, n2, n1)
        a[:] = c
        b[:] = d
    if columns(b, a, d, c, n1, n2, table[0], table[1]):
        a[:] = c
        b[:] = d


@kernel
def transform(
    a: Floats, b: Floats, c: Floats, d: Floats, n1: int, n2: int, line: bool, table: tuple[Floats, ...], inverse: bool
) -> None:
    """For Python: forward, or the inverse times n1 n2."""
    if inverse:
        backward(a, b, c, d, n1, n2, line, table)
    else:
        forward(a, b, c, d, n1, n2, line, table)
