"""Every root of a polynomial in a stretch of time: isolated by the signs of its Bernstein coefficients, then closed in.

The number of sign changes of the coefficients on an interval bounds the number of roots in it (Descartes; Lane and
Riesenfeld 1981): none, exactly one, or halve the interval. Nothing is missed that is wider than 2^-40 of the stretch.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner

Floats = NDArray[np.float64]
DEPTH = 40


@inner
def horner(p: Floats, s: float) -> float:
    """p_0 + p_1 s + ..."""
    value = 0.0
    for k in range(p.shape[0] - 1, -1, -1):
        value = value * s + p[k]
    return value


@inner
def may_vanish(p: Floats) -> bool:
    """False only if |p_0| outweighs all the rest on [0, 1]."""
    rest = 0.0
    for k in range(1, p.shape[0]):
        rest += abs(p[k])
    return bool(abs(p[0]) <= rest)


@inner
def to_bernstein(p: Floats, b: Floats) -> None:
    """b_i = sum_{k <= i} C(i, k) / C(n, k) p_k, by repeated averages: all weights are positive."""
    n = p.shape[0] - 1
    weight = 1.0
    for k in range(n + 1):
        b[k] = p[k] / weight
        weight = weight * (n - k) / (k + 1)
    for j in range(1, n + 1):
        for i in range(n, j - 1, -1):
            b[i] += b[i - 1]


@inner
def sign_changes(b: Floats) -> int:
    """Sign changes between neighbours, zeros left out."""
    count, last = 0, 0.0
    for i in range(b.shape[0]):
        if b[i] != 0.0:
            if last * b[i] < 0.0:
                count += 1
            last = 1.0 if b[i] > 0.0 else -1.0
    return count


@inner
def halve(b: Floats, left: Floats, right: Floats) -> None:
    """de Casteljau's subdivision at the middle. `right` may be `b`."""
    n = b.shape[0] - 1
    right[:] = b
    left[0] = b[0]
    for j in range(1, n + 1):
        for i in range(n - j + 1):
            right[i] = 0.5 * (right[i] + right[i + 1])
        left[j] = right[0]
    if right[0] == 0.0:  # a root just at the middle: let the right half see the change of sign
        last = 0.0
        for i in range(n + 1):
            last = left[i] if left[i] != 0.0 else last
        right[0] = 1e-300 if last > 0.0 else -1e-300


@inner
def close_in(p: Floats, low: float, high: float) -> float:
    """The one root between low and high: Illinois' false position with bisection, to the last bit or so."""
    f_low, f_high = horner(p, low), horner(p, high)
    if (f_low > 0.0) == (f_high > 0.0):  # rounding hides the change of sign: the root is at an end
        return low if abs(f_low) < abs(f_high) else high
    side = 0
    s = high
    for turn in range(100):
        s = 0.5 * (low + high) if turn % 8 == 7 else (low * f_high - high * f_low) / (f_high - f_low)
        f = horner(p, s)
        if f == 0.0 or high - low <= 2.3e-16 * (1.0 + high):
            break
        if (f > 0.0) == (f_high > 0.0):
            high, f_high = s, f
            if side == 1:
                f_low *= 0.5
            side = 1
        else:
            low, f_low = s, f
            if side == -1:
                f_high *= 0.5
            side = -1
    return s


@inner
def roots(p: Floats, found: Floats) -> int:
    """Roots at which p changes its sign in (0, 1), ascending, into `found`. Returns their number."""
    if not may_vanish(p):
        return 0
    size = p.shape[0]
    stack = np.empty((DEPTH + 2, size))
    ends = np.empty((DEPTH + 2, 2))
    to_bernstein(p, stack[0])
    ends[0, 0], ends[0, 1] = 0.0, 1.0
    top, count = 0, 0
    while top >= 0 and count < found.shape[0]:
        changes = sign_changes(stack[top])
        low, high = ends[top]
        if changes == 0:
            top -= 1
        elif changes == 1 or high - low < 0.5**DEPTH:
            if changes % 2 == 1:
                found[count] = close_in(p, low, high)
                count += 1
            top -= 1
        else:
            middle = 0.5 * (low + high)
            halve(stack[top], stack[top + 1], stack[top])
            ends[top, 0], ends[top, 1] = middle, high
            ends[top + 1, 0], ends[top + 1, 1] = low, middle
            top += 1
    return count
