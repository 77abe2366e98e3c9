"""Sine, cosine and exponential from additions and multiplications alone: the same bits on every processor.

Angles are in turns, so that the phase of a mode, frequency times time, is reduced exactly: the product is kept as an
unevaluated sum of two numbers (Dekker 1971) and its whole turns are dropped without rounding. Errors below 2e-16.
"""

from math import ldexp

from harmonic_physics.engine.kernels.compiling import inner, kernel

TWO_PI = 6.283185307179586
_SPLIT = 134217729.0  # 2^27 + 1
_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


@inner
def whole_turns_dropped(frequency: float, time: float) -> float:
    """frequency * time less the nearest whole number, in [-0.5, 0.5], to 1e-16 of a turn."""
    product = frequency * time
    a = _SPLIT * frequency
    a_high = a - (a - frequency)
    a_low = frequency - a_high
    b = _SPLIT * time
    b_high = b - (b - time)
    b_low = time - b_high
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return (product - round_half(product)) + error


@inner
def round_half(x: float) -> float:
    """The nearest whole number, exact below 2^51."""
    magic = 6755399441055744.0  # 1.5 * 2^52
    return (x + magic) - magic


@inner
def sincos_turns(u: float) -> tuple[float, float]:
    """sin and cos of 2 pi u, for |u| < 2^40; Taylor's series on the eighth of a turn around each quarter."""
    quarter = round_half(4.0 * u)
    x = TWO_PI * (u - 0.25 * quarter)
    s = x * x
    sine = x * (1.0 + s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362880 + s * (-1 / 39916800
        + s * (1 / 6227020800 + s * (-1 / 1307674368000 + s * (1 / 355687428096000)))))))))  # fmt: skip
    cosine = 1.0 + s * (-1 / 2 + s * (1 / 24 + s * (-1 / 720 + s * (1 / 40320 + s * (-1 / 3628800 + s * (1 / 479001600
        + s * (-1 / 87178291200 + s * (1 / 20922789888000))))))))  # fmt: skip
    turn = int(quarter) & 3
    if turn == 0:
        return sine, cosine
    if turn == 1:
        return cosine, -sine
    if turn == 2:
        return -sine, -cosine
    return -cosine, sine


@inner
def exponential(x: float) -> float:
    """e^x for -700 < x < 700, 0 below; Taylor's series after powers of two are taken out."""
    if x < -700.0:
        return 0.0
    whole = round_half(x * _LOG2_E)
    r = (x - whole * _LN2_HIGH) - whole * _LN2_LOW
    series = 1.0 + r * (1.0 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040
        + r * (1 / 40320 + r * (1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800 + r * (1 / 479001600
        + r * (1 / 6227020800)))))))))))))  # fmt: skip
    return ldexp(series, int(whole))


@kernel
def sine_turns(u: float) -> float:
    """sin 2 pi u, for Python."""
    return sincos_turns(u)[0]


@kernel
def cosine_turns(u: float) -> float:
    """cos 2 pi u, for Python."""
    return sincos_turns(u)[1]


@kernel
def exp(x: float) -> float:
    """e^x, for Python."""
    return exponential(x)
