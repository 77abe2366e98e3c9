"""The interpreter of tapes: one Taylor coefficient of every register at a time, by the recurrences of each operation.

Recurrences: R. E. Moore, Interval Analysis (1966); A. Jorba and M. Zou, A software package for the numerical
integration of ODEs by means of high-order Taylor methods, Experimental Mathematics 14 (2005) 99-117, proposition 2.1.
Shapes: series (registers, order + 1); instructions (n, 5): code, result, a, b, auxiliary register.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.formulas import tape as on
from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.elementary import (
    arc_sine,
    arc_tangent,
    arc_tangent_2,
    exponential,
    hyperbolic,
    hyperbolic_tangent,
    logarithm,
    power,
    sincos,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@inner
def product(s: Floats, a: int, b: int, k: int, first: int, last: int) -> float:
    """sum of a_j b_{k-j} for j = first..last, in two interleaved sums (a fixed order, twice as fast as one)."""
    even, odd = 0.0, 0.0
    j = first
    while j < last:
        even += s[a, j] * s[b, k - j]
        odd += s[a, j + 1] * s[b, k - j - 1]
        j += 2
    if j == last:
        even += s[a, j] * s[b, k - j]
    return even + odd


@inner
def slope_product(s: Floats, a: int, b: int, k: int, last: int) -> float:
    """sum of j a_j b_{k-j} for j = 1..last: k times the coefficient of an integral of a' b."""
    even, odd = 0.0, 0.0
    j = 1
    while j < last:
        even += j * s[a, j] * s[b, k - j]
        odd += (j + 1) * s[a, j + 1] * s[b, k - j - 1]
        j += 2
    if j == last:
        even += j * s[a, j] * s[b, k - j]
    return even + odd


@inner
def square(s: Floats, a: int, k: int) -> float:
    """Coefficient k of a^2, each mixed product once."""
    half = (k - 1) // 2
    total = 2.0 * product(s, a, a, k, 0, half) if k > 0 else 0.0
    return total + s[a, k // 2] * s[a, k // 2] if k % 2 == 0 else total


@inner
def sign_of(x: float) -> float:
    """-1, 0 or 1."""
    if x > 0.0:
        return 1.0
    return -1.0 if x < 0.0 else 0.0


@inner
def start(s: Floats, code: int, r: int, a: int, b: int, w: int) -> None:
    """Coefficient 0: the operation on the values themselves. r: result, w: auxiliary."""
    x, y = s[a, 0], s[b, 0]
    if code == on.ADD:
        s[r, 0] = x + y
    elif code == on.SUB:
        s[r, 0] = x - y
    elif code == on.MUL or code == on.SCALE:
        s[r, 0] = x * y
    elif code == on.SQUARE:
        s[r, 0] = x * x
    elif code == on.DIV or code == on.SHRINK:
        s[r, 0] = x / y
    elif code == on.NEGATE:
        s[r, 0] = -x
    elif code == on.SINCOS:
        s[r, 0], s[w, 0] = sincos(x)
    elif code == on.HYPERBOLIC:
        s[r, 0], s[w, 0] = hyperbolic(x)
    elif code == on.TANGENT:
        sine, cosine = sincos(x)
        s[r, 0] = sine / cosine
        s[w, 0] = 1.0 + s[r, 0] * s[r, 0]
    elif code == on.TANH:
        s[r, 0] = hyperbolic_tangent(x)
        s[w, 0] = 1.0 - s[r, 0] * s[r, 0]
    elif code == on.EXPONENTIAL:
        s[r, 0] = exponential(x)
    elif code == on.LOGARITHM:
        s[r, 0] = logarithm(x)
    elif code == on.ROOT:
        s[r, 0] = sqrt(x)
    elif code == on.POWER:
        s[r, 0] = power(x, y)
    elif code == on.ABSOLUTE:
        s[r, 0] = abs(x)
    elif code == on.SIGN:
        s[r, 0] = sign_of(x)
    elif code == on.LEAST:
        s[r, 0] = x if x <= y else y
    elif code == on.GREATEST:
        s[r, 0] = x if x >= y else y
    elif code == on.ARC_TANGENT_2:
        s[r, 0] = arc_tangent_2(x, y)
    elif code == on.ARC_TANGENT:
        s[r, 0], s[w, 0] = arc_tangent(x), 1.0 + x * x
    else:
        s[r, 0] = arc_sine(x) if code == on.ARC_SINE else 1.5707963267948966 - arc_sine(x)
        s[w, 0] = sqrt((1.0 - x) * (1.0 + x))


@inner
def follow(s: Floats, code: int, k: int, r: int, a: int, b: int, w: int) -> None:
    """Coefficient k > 0 from the lower ones, of all operations but the four that `expand` does itself."""
    if code == on.SQUARE:
        s[r, k] = square(s, a, k)
    elif code == on.NEGATE:
        s[r, k] = -s[a, k]
    elif code == on.DIV:
        s[r, k] = (s[a, k] - product(s, b, r, k, 1, k)) / s[b, 0]
    elif code == on.SHRINK:
        s[r, k] = s[a, k] / s[b, 0]
    elif code == on.SINCOS:  # s' = c u', c' = -s u'
        s[r, k] = slope_product(s, a, w, k, k) / k
        s[w, k] = -slope_product(s, a, r, k, k) / k
    elif code == on.HYPERBOLIC:
        s[r, k] = slope_product(s, a, w, k, k) / k
        s[w, k] = slope_product(s, a, r, k, k) / k
    elif code == on.EXPONENTIAL:  # e' = e u'
        s[r, k] = slope_product(s, a, r, k, k) / k
    elif code == on.LOGARITHM:  # u l' = u'
        s[r, k] = (s[a, k] - slope_product(s, r, a, k, k - 1) / k) / s[a, 0]
    elif code == on.ROOT:  # r^2 = u
        s[r, k] = (s[a, k] - product(s, r, r, k, 1, k - 1)) / (2.0 * s[r, 0])
    elif code == on.POWER:  # u p' = alpha p u'
        s[r, k] = (s[b, 0] * slope_product(s, a, r, k, k) - slope_product(s, r, a, k, k - 1)) / (k * s[a, 0])
    elif code == on.ABSOLUTE:
        s[r, k] = -s[a, k] if s[a, 0] < 0.0 else s[a, k]
    elif code == on.SIGN:
        s[r, k] = 0.0
    elif code == on.LEAST:
        s[r, k] = s[a, k] if s[a, 0] <= s[b, 0] else s[b, k]
    elif code == on.GREATEST:
        s[r, k] = s[a, k] if s[a, 0] >= s[b, 0] else s[b, k]
    elif code == on.TANGENT or code == on.TANH:  # t' = (1 +- t^2) u'
        s[r, k] = slope_product(s, a, w, k, k) / k
        s[w, k] = square(s, r, k) if code == on.TANGENT else -square(s, r, k)
    elif code == on.ARC_TANGENT_2:  # (x^2 + y^2) f' = x y' - y x'
        turn = slope_product(s, a, b, k, k) - slope_product(s, b, a, k, k)
        s[r, k] = (turn - slope_product(s, r, w, k, k - 1)) / (k * s[w, 0])
    else:  # w f' = +-u', with w = 1 + u^2 or sqrt(1 - u^2)
        if code == on.ARC_TANGENT:
            s[w, k] = square(s, a, k)
        else:
            s[w, k] = -(square(s, a, k) + product(s, w, w, k, 1, k - 1)) / (2.0 * s[w, 0])
        u = -s[a, k] if code == on.ARC_COSINE else s[a, k]
        s[r, k] = (u - slope_product(s, r, w, k, k - 1) / k) / s[w, 0]


@inner
def evaluate(series: Floats, tape: Ints) -> None:
    """Coefficient 0 of every register that the instructions fill."""
    for i in range(tape.shape[0]):
        code, result, a, b, w = tape[i, 0], tape[i, 1], tape[i, 2], tape[i, 3], tape[i, 4]
        start(series, code, result, a, b, w)


@kernel
def settle(series: Floats, tape: Ints) -> None:
    """Work out a tape's constants; their higher coefficients are 0."""
    evaluate(series, tape)


@inner
def expand(series: Floats, tape: Ints, rates: Ints, speed: float) -> None:
    """Every coefficient, from those of order 0 of the states: x_{k+1} = speed f_k / (k + 1)."""
    order = series.shape[1] - 1
    for k in range(order + 1):
        if k == 0:
            evaluate(series, tape)
        else:
            for i in range(tape.shape[0]):
                code, result, a, b = tape[i, 0], tape[i, 1], tape[i, 2], tape[i, 3]
                if code == on.ADD:  # the commonest stand here, without a call
                    series[result, k] = series[a, k] + series[b, k]
                elif code == on.SUB:
                    series[result, k] = series[a, k] - series[b, k]
                elif code == on.SCALE:
                    series[result, k] = series[a, k] * series[b, 0]
                elif code == on.MUL:
                    series[result, k] = product(series, a, b, k, 0, k)
                else:
                    follow(series, code, k, result, a, b, tape[i, 4])
        if k < order:
            for s in range(rates.shape[0]):
                series[s, k + 1] = speed * series[rates[s], k] / (k + 1)
