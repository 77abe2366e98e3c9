"""From data to a fraction 0..1 and from the fraction to a musical value."""

import numpy as np

from harmonic_audio.mapping.motion import Floats
from harmonic_audio.soundscape.rules import Limits, Scaling, Transform, ValueRule


def transformed(data: Floats, transform: Transform) -> Floats:
    """The data under a monotone transform. Log and sqrt take what is not positive as the smallest positive value."""
    if transform == "linear":
        return data
    if transform == "square":
        return np.sign(data) * data * data
    if transform == "sqrt":
        return np.sqrt(np.maximum(data, 0.0))
    positive = data[data > 0.0]
    return np.log(np.maximum(data, positive.min() if positive.size else 1.0))


def limits_of(data: Floats, limits: Limits) -> tuple[float, float]:
    """The data values at fraction 0 and 1."""
    if limits.kind == "absolute":
        return limits.low, limits.high
    low, high = np.percentile(data, [limits.low, limits.high])
    return float(low), float(high)


def fraction(data: Floats, scaling: Scaling) -> Floats:
    """Each value's place between the limits, 0..1, same shape; one half where all data are the same.

    NaN (a field that an event has not) counts as one half too.
    """
    data = np.asarray(data, dtype=np.float64)
    known = data[np.isfinite(data)]
    if not known.size:
        return np.full(data.shape, 0.5)
    ends = transformed(np.array(limits_of(known, scaling.limits)), scaling.transform)
    moved = transformed(np.where(np.isfinite(data), data, known[0]), scaling.transform)
    width = ends[1] - ends[0]
    if not width > 1e-12 * max(abs(ends[0]), abs(ends[1]), 1e-300):
        return np.full(data.shape, 0.5)
    placed = np.clip((moved - ends[0]) / width, 0.0, 1.0)
    if scaling.polarity == "down":
        placed = 1.0 - placed
    return np.where(np.isfinite(data), placed, 0.5)


def between(low: float, high: float, at: Floats, spacing: str = "linear") -> Floats:
    """The value at fraction ``at`` from low to high, by equal steps or by equal ratios."""
    if spacing == "geometric":
        return low * (high / low) ** at
    return low + (high - low) * at


def value_of(rule: ValueRule, data: Floats) -> Floats:
    """A rule's output for the data of its source."""
    return between(rule.low, rule.high, fraction(data, rule), rule.spacing)
