"""From data to a fraction 0..1, from it to a musical value, and back: the declared scaling made a function."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from harmonic_audio.mapping import transforms
from harmonic_audio.mapping.motion import Floats, Ints
from harmonic_audio.mapping.transforms import between
from harmonic_audio.soundscape.scaling import Limits, Scaling, ValueRule

__all__ = ["Placement", "between", "fraction", "limits_of", "value_of"]

SCALES = {"power": 2.0, "cents": 440.0}


def limits_of(data: Floats, limits: Limits) -> tuple[float, float]:
    """The data values at fraction 0 and 1. Raises MappingError on percentiles of no data."""
    return transforms.limits(data, limits.low, limits.high, percentile=limits.kind == "percentile")


@dataclass(frozen=True)
class Placement:
    """A scaling fitted to data: a strictly increasing (or falling) function onto 0..1 between its limits."""

    scaling: Scaling
    scale: float
    smallest: float
    """What data that are not positive count as, where the transform needs positive ones."""
    low: float
    high: float
    """The limits under the transform."""
    zero: float | None
    """The fraction of the zero point."""

    @classmethod
    def of(cls, scaling: Scaling, known: Floats) -> Self:
        """Fitted to finite data, any shape. Raises MappingError where percentiles of no data are asked for."""
        scale = scaling.scale or SCALES.get(scaling.transform, 1.0)
        zero = None if scaling.zero is None else _zero(scaling.zero.value, known)
        # The zero point counts as one more datum, as astronify does it.
        counted = known if zero is None else np.append(known, zero)
        ends = np.array(limits_of(counted, scaling.limits))
        positive = np.concatenate([known[known > 0.0].ravel(), ends[ends > 0.0]])
        smallest = float(positive.min()) if positive.size else 1.0
        low, high = transforms.transformed(ends, scaling.transform, scale, smallest).tolist()
        plain = cls(scaling, scale, smallest, low, high, None)
        if zero is None:
            return plain
        return cls(scaling, scale, smallest, low, high, float(plain.fraction(np.array([zero]))[0]))

    def fraction(self, data: Floats) -> Floats:
        """0..1 for each value, same shape; one half for what is not finite and where the limits are one.

        Of an angle: its turns, which run on beyond 0..1.
        """
        data = np.asarray(data, dtype=np.float64)
        if self.scaling.period is not None:
            turned = data / self.scaling.period
            return np.where(np.isfinite(data), -turned if self.scaling.polarity == "down" else turned, 0.0)
        finite = np.isfinite(data)
        moved = transforms.transformed(np.where(finite, data, 1.0), self.scaling.transform, self.scale, self.smallest)
        placed = transforms.STRETCHES[self.scaling.stretch][0](transforms.share(moved, self.low, self.high))
        if self.scaling.polarity == "down":
            placed = 1.0 - placed
        if self.zero is not None and self.scaling.zero is not None:
            placed = np.clip(transforms.centred(placed, self.zero, self.scaling.zero.center), 0.0, 1.0)
        if not self.high > self.low:
            middle = 0.5 if self.scaling.zero is None else self.scaling.zero.center
            return np.full(data.shape, middle)
        return np.where(finite, placed, 0.5)

    def data(self, fraction: Floats) -> Floats:
        """The inverse: the data value that is heard at each fraction."""
        placed = np.asarray(fraction, dtype=np.float64)
        if self.scaling.period is not None:
            return (-placed if self.scaling.polarity == "down" else placed) * self.scaling.period
        if self.zero is not None and self.scaling.zero is not None:
            placed = transforms.uncentred(placed, self.zero, self.scaling.zero.center)
        if self.scaling.polarity == "down":
            placed = 1.0 - placed
        straight = transforms.STRETCHES[self.scaling.stretch][1](np.clip(placed, 0.0, 1.0))
        moved = self.low + (self.high - self.low) * straight
        return transforms.inverse(moved, self.scaling.transform, self.scale)


def _zero(value: float | str, known: Floats) -> float:
    if not isinstance(value, str):
        return value
    return float(np.median(known) if value == "median" else np.mean(known)) if known.size else 0.0


def fraction(data: Floats, scaling: Scaling, series: Ints | None = None, universe: Floats | None = None) -> Floats:
    """Each value's place between the limits, 0..1, same shape; one half where all data are the same.

    NaN (a field that an event has not) counts as one half too. ``series`` says which body each value belongs to (for
    limits within series; the first axis of the data), ``universe`` all data of the trajectory.
    """
    data = np.asarray(data, dtype=np.float64)
    if scaling.within == "series" and series is not None:
        placed = np.empty(data.shape)
        for one in np.unique(series):
            placed[series == one] = _placed(data[series == one], scaling, data[series == one])
        return placed
    whole = universe if scaling.within == "universe" and universe is not None else data
    return _placed(data, scaling, whole)


def _placed(data: Floats, scaling: Scaling, whole: Floats) -> Floats:
    known = whole[np.isfinite(whole)]
    if not known.size and scaling.limits.kind == "percentile":
        return np.full(data.shape, 0.5)
    placed = Placement.of(scaling, known).fraction(data)
    return placed if scaling.period is None else transforms.wrapped(placed, 1.0)


def value_of(rule: ValueRule, data: Floats, series: Ints | None = None, universe: Floats | None = None) -> Floats:
    """A rule's output for the data of its source."""
    return between(rule.low, rule.high, fraction(data, rule, series, universe), rule.spacing)
