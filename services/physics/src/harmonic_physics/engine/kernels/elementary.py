"""Elementary functions in our own arithmetic: the same bits whatever libm, compiler or processor. Scalars.

Errors are within 2 units in the last place (atan, tanh and powers within 4) of the exact value; a test says so.
Argument reduction after Cody and Waite (1980), polynomials of the sine and cosine by K. C. Ng's minimax fit (fdlibm).
"""

from math import floor, frexp, ldexp, sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner

PI_2_1 = 1.57079632673412561417e00  # the first 33 bits of pi/2, then the next 33, the next 33, and the rest
PI_2_2 = 6.07710050630396597660e-11
PI_2_3 = 2.02226624871116645580e-21
PI_2_4 = 8.47842766036889956997e-32
S = (
    -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04,
    2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10,
)  # fmt: skip
C = (
    4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05,
    -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11,
)  # fmt: skip
LN2_HIGH = 6.93147180369123816490e-01  # 33 bits
LN2_LOW = 1.90821492927058770002e-10
INVERSE = tuple(1.0 / (2 * k + 1) for k in range(24))
"""1/1, 1/3, 1/5, ...: the series of atan and atanh."""
LARGEST_ANGLE = 1.6e6
"""Beyond it the reduction would lose bits: such an angle gives NaN, and a run stops with the reason."""


@inner
def sincos(x: float) -> tuple[float, float]:
    """sin x and cos x; NaN beyond LARGEST_ANGLE."""
    if not abs(x) <= LARGEST_ANGLE:
        return np.nan, np.nan
    turns = floor(x * 0.6366197723675814 + 0.5)  # x = turns pi/2 + (high + low)
    first = (x - turns * PI_2_1) - turns * PI_2_2
    rest = turns * PI_2_3
    high = first - rest
    low = ((first - high) - rest) - turns * PI_2_4
    square = high * high
    tail = S[1] + square * (S[2] + square * (S[3] + square * (S[4] + square * S[5])))
    sine = high + ((square * high) * (S[0] + square * tail) + low * (1.0 - 0.5 * square))
    tail = (
        square * square * (C[0] + square * (C[1] + square * (C[2] + square * (C[3] + square * (C[4] + square * C[5])))))
    )
    half = 0.5 * square
    cosine = 1.0 - half
    cosine += ((1.0 - cosine) - half) + (tail - high * low)
    quadrant = int(turns) & 3
    if quadrant == 0:
        return sine, cosine
    if quadrant == 1:
        return cosine, -sine
    if quadrant == 2:
        return -sine, -cosine
    return -cosine, sine


@inner
def exponential_minus_one_small(r: float) -> float:
    """e^r - 1 for |r| <= 0.35 by its series: the 15th term is below 1e-18."""
    total = 1.0 / 14.0
    for k in range(13, 1, -1):
        total = (1.0 + r * total) / k
    return r + r * r * total


@inner
def exponential(x: float) -> float:
    """e^x; infinite above 709.8, 0 below -745.2."""
    if x != x:
        return x
    if x > 709.8:
        return np.inf
    if x < -745.2:
        return 0.0
    k = floor(x * 1.4426950408889634 + 0.5)
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
    low = (high - r) - low
    e = exponential_minus_one_small(r)
    return ldexp(1.0 + (e + low * (1.0 + e)), int(k))


@inner
def exponential_minus_one(x: float) -> float:
    """e^x - 1 without cancellation near 0."""
    return exponential_minus_one_small(x) if abs(x) <= 0.34 else exponential(x) - 1.0


@inner
def logarithm(x: float) -> float:
    """Natural logarithm; -inf at 0, NaN below."""
    if x != x or x == np.inf:
        return x
    if x < 0.0:
        return np.nan
    if x == 0.0:
        return -np.inf
    m, k = frexp(x)
    if m < 0.7071067811865476:
        m, k = 2.0 * m, k - 1
    f = m - 1.0
    s = f / (2.0 + f)  # log m = 2 atanh s
    z = s * s
    total = 0.0
    for j in range(13, 0, -1):
        total = z * (INVERSE[j] + total)
    half = 0.5 * f * f
    return k * LN2_HIGH - ((half - (s * (half + 2.0 * total) + k * LN2_LOW)) - f)


@inner
def arc_tangent(x: float) -> float:
    """atan x, reduced to |t| <= tan(pi/8)."""
    if x != x:
        return x
    a = abs(x)
    base, rest, t = 0.0, 0.0, a
    if a > 2.414213562373095:
        base, rest, t = 1.5707963267948966, 6.123233995736766e-17, -1.0 / a
    elif a > 0.4142135623730951:
        base, rest, t = 0.7853981633974483, 3.061616997868383e-17, (a - 1.0) / (a + 1.0)
    z = t * t
    total = 0.0
    for j in range(22, 0, -1):
        total = z * (INVERSE[j] - total)
    value = base + (t - t * total + rest)
    return -value if x < 0.0 else value


@inner
def arc_tangent_2(y: float, x: float) -> float:
    """The angle of (x, y) in (-pi, pi]; 0 at the origin."""
    if x == 0.0 and y == 0.0:
        return 0.0
    if abs(y) > abs(x):
        quarter = arc_tangent(x / y)
        return (1.5707963267948966 if y > 0.0 else -1.5707963267948966) - quarter
    angle = arc_tangent(y / x)
    if x > 0.0:
        return angle
    return angle + 3.141592653589793 if y >= 0.0 else angle - 3.141592653589793


@inner
def hyperbolic_tangent(x: float) -> float:
    """tanh x."""
    if abs(x) > 20.0:
        return 1.0 if x > 0.0 else -1.0
    e = exponential_minus_one(2.0 * x)
    return e / (e + 2.0)


@inner
def hyperbolic(x: float) -> tuple[float, float]:
    """sinh x and cosh x."""
    e = exponential_minus_one(abs(x))
    inverse = 1.0 / (e + 1.0)
    sine = 0.5 * (e + e * inverse) if e < np.inf else np.inf
    return (sine if x >= 0.0 else -sine), 0.5 * (e + 1.0 + inverse)


@inner
def arc_sine(x: float) -> float:
    """asin x; NaN outside [-1, 1]."""
    return arc_tangent_2(x, sqrt((1.0 - x) * (1.0 + x)))


@inner
def whole_power(x: float, n: int) -> float:
    """x^n by repeated squaring."""
    m, base, result = abs(n), x, 1.0
    while m > 0:
        if m & 1:
            result *= base
        base *= base
        m >>= 1
    return result if n >= 0 else 1.0 / result


@inner
def power(x: float, y: float) -> float:
    """x^y; NaN for a negative base with a broken exponent."""
    if y == floor(y) and abs(y) <= 64.0:
        return whole_power(x, int(y))
    if x == 0.0:
        return 0.0 if y > 0.0 else np.inf
    return exponential(y * logarithm(x))
