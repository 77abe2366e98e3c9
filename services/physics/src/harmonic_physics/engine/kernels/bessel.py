"""Bessel functions of whole order and their zeros, by Miller's recurrence: the same bits on every processor."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]


@inner
def pair(m: int, x: float) -> tuple[float, float]:
    """J_m(x) and J_{m+1}(x) for x > 0, to 1e-15 of the largest order: downwards, normalised by J_0 + 2 J_2 + ... = 1.

    Abramowitz and Stegun (1964), sections 9.12 and 9.1.46.
    """
    top = 2 * ((int(max(float(m), x)) + 30 + int(3.0 * sqrt(x))) // 2 + 1)
    above, here, total = 0.0, 1e-280, 0.0
    found, next_found = 0.0, 0.0
    for k in range(top, -1, -1):  # here = J_k up to a factor
        if k % 2 == 0:
            total += here if k == 0 else 2.0 * here
        if k == m:
            found = here
        if k == m + 1:
            next_found = here
        if k > 0:
            above, here = here, 2.0 * k / x * here - above
        if abs(here) > 1e250:
            above, here, total = above * 1e-250, here * 1e-250, total * 1e-250
            found, next_found = found * 1e-250, next_found * 1e-250
    return found / total, next_found / total


@kernel
def bessel(m: int, x: float) -> float:
    """J_m(x) for m >= 0 and x >= 0."""
    if x < 1e-8:
        return 1.0 if m == 0 else (0.5 * x if m == 1 else 0.0)
    return pair(m, x)[0]


@inner
def polished(m: int, low: float, high: float) -> float:
    """The zero between low and high: halving, then Newton's method with J_m' = m / x J_m - J_{m+1}."""
    sign = pair(m, low)[0] > 0.0
    for _ in range(12):
        middle = 0.5 * (low + high)
        if (pair(m, middle)[0] > 0.0) == sign:
            low = middle
        else:
            high = middle
    x = 0.5 * (low + high)
    for _ in range(4):
        value, following = pair(m, x)
        x -= value / (m / x * value - following)
    return x


@kernel
def zeros_below(m: int, limit: float, out: Floats) -> int:
    """Positive zeros of J_m up to `limit`, rising, into out; how many. None is nearer to another than 2.9."""
    count = 0
    low = max(float(m), 0.5)  # the first zero lies beyond the order
    before = pair(m, low)[0]
    while low < limit and count < out.shape[0]:
        high = low + 1.0
        after = pair(m, high)[0]
        if (before > 0.0) != (after > 0.0):
            zero = polished(m, low, high)
            if zero > limit:
                break
            out[count] = zero
            count += 1
        low, before = high, after
    return count
