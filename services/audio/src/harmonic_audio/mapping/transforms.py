"""Monotone transforms of data and their inverses, limits, and the fraction between them. Pure, on float64 arrays.

Every function takes an array of any shape and gives one of the same shape; finite data give finite results. The
transforms are applied to the data and to its limits, before the fraction between the limits is taken; the stretches
bend that fraction, 0..1 to 0..1. A transform's inverse gives the data back from what is heard.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonic_audio.mapping.motion import MappingError

Floats = NDArray[np.float64]
HUGE: Final = 1e300
SMALLEST: Final = 1e-300
LOG_STRETCH: Final = 1000.0
ASINH_STRETCH: Final = 10.0
SINH_STRETCH: Final = 3.0


@dataclass(frozen=True)
class Transform:
    """A strictly increasing function on its domain, and its inverse. ``scale`` is the transform's own parameter."""

    forward: Callable[[Floats, float], Floats]
    inverse: Callable[[Floats, float], Floats]
    positive: bool = False
    """Whether only data above 0 have a place; other data are taken as the smallest positive ones."""


def signed_log(x: Floats, scale: float = 1.0) -> Floats:
    """sign(x) log10 of |x|, where |x| < 10 is moved to |x| + (10 - |x|) / 10, so that 0 stays 0 (Highcharts)."""
    size = np.abs(x)
    moved: Floats = np.where(size < 10.0, size + (10.0 - size) / 10.0, size)
    signed: Floats = np.sign(x) * np.log10(moved)
    return signed


def _signed_power_of_ten(y: Floats, scale: float = 1.0) -> Floats:
    size = 10.0 ** np.minimum(np.abs(y), 300.0)
    signed: Floats = np.sign(y) * np.where(size < 10.0, (size - 1.0) / 0.9, size)
    return signed


def _power(x: Floats, exponent: float) -> Floats:
    return np.asarray(np.sign(x) * np.minimum(np.abs(x), HUGE ** (1.0 / exponent)) ** exponent)


def _sinh(x: Floats, scale: float) -> Floats:
    return np.sinh(np.clip(x / scale, -690.0, 690.0))


TRANSFORMS: Final[dict[str, Transform]] = {
    "linear": Transform(lambda x, _: x, lambda y, _: y),
    "log": Transform(lambda x, _: np.log(x), lambda y, _: np.exp(y), positive=True),
    "cents": Transform(lambda x, hz: 1200.0 * np.log2(x / hz), lambda y, hz: hz * 2.0 ** (y / 1200.0), positive=True),
    "signed_log": Transform(signed_log, _signed_power_of_ten),
    "sqrt": Transform(lambda x, _: np.sqrt(np.maximum(x, 0.0)), lambda y, _: y * y),
    "asinh": Transform(lambda x, scale: np.arcsinh(x / scale), lambda y, scale: scale * np.sinh(y)),
    "sinh": Transform(_sinh, lambda y, scale: scale * np.arcsinh(y)),
    "square": Transform(lambda x, _: _power(x, 2.0), lambda y, _: np.sign(y) * np.sqrt(np.abs(y))),
    "power": Transform(_power, lambda y, exponent: np.sign(y) * np.abs(y) ** (1.0 / exponent)),
}
"""By name. ``scale``: the reference of cents [data's unit], the linear width of asinh and sinh, the exponent of power;
the others have none. Sign is kept by square and power."""


def transformed(data: ArrayLike, transform: str, scale: float = 1.0, smallest: float | None = None) -> Floats:
    """The data under a transform. Where it needs positive data, what is not is taken as ``smallest``.

    ``smallest`` is by default the smallest positive value in the data; 1 where there is none.
    """
    found = TRANSFORMS[transform]
    values: Floats = np.asarray(data, dtype=np.float64)
    if found.positive:
        positive = values[values > 0.0]
        least = smallest or (float(positive.min()) if positive.size else 1.0)
        values = np.maximum(values, max(least, SMALLEST))
    with np.errstate(over="ignore", under="ignore"):
        return np.clip(np.asarray(found.forward(values, scale)), -HUGE, HUGE)


def inverse(moved: ArrayLike, transform: str, scale: float = 1.0) -> Floats:
    """The data that a transform moved to these values."""
    with np.errstate(over="ignore", under="ignore"):
        found = TRANSFORMS[transform].inverse(np.asarray(moved, dtype=np.float64), scale)
    return np.clip(np.asarray(found), -HUGE, HUGE)


STRETCHES: Final[dict[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]]] = {
    "linear": (lambda x: x, lambda y: y),
    "sqrt": (np.sqrt, lambda y: y * y),
    "square": (lambda x: x * x, np.sqrt),
    "log": (
        lambda x: np.log(LOG_STRETCH * x + 1.0) / np.log(LOG_STRETCH + 1.0),
        lambda y: ((LOG_STRETCH + 1.0) ** y - 1.0) / LOG_STRETCH,
    ),
    "asinh": (
        lambda x: np.arcsinh(x * ASINH_STRETCH) / np.arcsinh(ASINH_STRETCH),
        lambda y: np.sinh(y * np.arcsinh(ASINH_STRETCH)) / ASINH_STRETCH,
    ),
    "sinh": (
        lambda x: np.sinh(x * SINH_STRETCH) / np.sinh(SINH_STRETCH),
        lambda y: np.arcsinh(y * np.sinh(SINH_STRETCH)) / SINH_STRETCH,
    ),
}
"""Bends of the fraction and back, with the constants of astropy's stretches (a = 1000, 0.1 and 1/3)."""


def limits(data: ArrayLike, low: float, high: float, *, percentile: bool) -> tuple[float, float]:
    """The data values at fraction 0 and 1. Data that are not finite do not count. Raises MappingError on no data.

    A high percentile above 100 reaches beyond the data: low + (maximum - low) * percentile / 100 (STRAUSS).
    """
    if not percentile:
        return low, high
    known = np.asarray(data, dtype=np.float64)
    known = known[np.isfinite(known)]
    if not known.size:
        raise MappingError("there is no number to take percentiles of: the data are all unknown; use absolute limits")
    ends = np.percentile(known, [low, min(high, 100.0)])
    reach = max(high / 100.0, 1.0)
    top = ends[1] if reach == 1.0 else ends[0] + (ends[1] - ends[0]) * reach
    return float(ends[0]), float(np.clip(top, -HUGE, HUGE))


def share(data: ArrayLike, low: float, high: float) -> Floats:
    """Each value's place between the limits, held within 0..1; one half everywhere where the limits are one."""
    data = np.clip(np.asarray(data, dtype=np.float64), -HUGE, HUGE)
    width = high - low
    if not width > 1e-12 * max(abs(low), abs(high), SMALLEST):
        return np.full(data.shape, 0.5)
    return np.clip((data - low) / width, 0.0, 1.0)


def centred(fraction: ArrayLike, zero: float, center: float) -> Floats:
    """Fractions moved so that the fraction ``zero`` comes to ``center``, without leaving 0..1 (astronify).

    Both halves are scaled by one factor, the largest that keeps the far end inside the range; strictly increasing.
    """
    fraction = np.asarray(fraction, dtype=np.float64)
    zero = zero if zero > 0.0 else 1e-6
    if center / zero <= 1.0:
        return fraction / zero * center
    return (fraction - zero) / (1.0 - zero) * (1.0 - center) + center


def uncentred(placed: ArrayLike, zero: float, center: float) -> Floats:
    """The inverse of ``centred``."""
    placed = np.asarray(placed, dtype=np.float64)
    zero = zero if zero > 0.0 else 1e-6
    if center / zero <= 1.0:
        return placed * zero / center
    return (placed - center) / (1.0 - center) * (1.0 - zero) + zero


def between(low: float, high: float, at: Floats, spacing: str = "linear") -> Floats:
    """The value at fraction ``at`` from low to high, by equal steps or by equal ratios."""
    if spacing == "geometric":
        return low * (high / low) ** at
    return low + (high - low) * at


def fraction_of(value: ArrayLike, low: float, high: float, spacing: str = "linear") -> Floats:
    """The inverse of ``between``. Low and high must differ."""
    value = np.asarray(value, dtype=np.float64)
    if spacing == "geometric":
        return np.asarray(np.log(value / low) / np.log(high / low))
    return (value - low) / (high - low)


def cents_per_unit(low_hz: float, high_hz: float, low: float, high: float) -> float:
    """How many cents of pitch one unit of the data is, where low..high is heard as low_hz..high_hz (sonipy)."""
    return float(1200.0 * np.log2(high_hz / low_hz) / (high - low))


def wrapped(angle: ArrayLike, period: float) -> Floats:
    """An angle within [0, period)."""
    turned = np.mod(np.asarray(angle, dtype=np.float64), period)
    return np.where(turned >= period, 0.0, turned)


def unwrapped(angle: ArrayLike, period: float) -> Floats:
    """Angles along the first axis without jumps: each step the short way round; begins within [0, period)."""
    angle = wrapped(angle, period)
    return np.asarray(np.unwrap(angle, period=period, axis=0))
