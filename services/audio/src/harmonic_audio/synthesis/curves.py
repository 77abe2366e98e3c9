"""Curves of a score over time: their value and their exact integral, for all four interpolations.

Between two points (t0, v0) and (t1, v1), with u = (t - t0) / (t1 - t0):

step         v0
linear       v0 + (v1 - v0) u
exponential  v0 (v1 / v0)^u            equal times are equal ratios
smooth       v0 + (v1 - v0)(3 u^2 - 2 u^3)   Hermite's cubic with level ends

Level before the first point and after the last. At a point the value is the point's, to the bit; of several points at
one time the last holds from there on: that is how a curve jumps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_contracts.score import ControlCurve, Interpolation, MixCurve

Floats = NDArray[np.float64]


def curve_value(curve: ControlCurve | MixCurve, seconds: Floats) -> Floats:
    """The curve at times in seconds, any shape and order; ValueError as of `Curve.of`."""
    return Curve.of(curve).at(seconds)


@dataclass(frozen=True)
class Curve:
    """A curve ready to be read often: make it once, ask it chunk by chunk."""

    time_s: Floats
    value: Floats
    interpolation: Interpolation = "linear"

    @classmethod
    def of(cls, curve: ControlCurve | MixCurve) -> "Curve":
        """From the curve of a score. Raises ValueError where times fall, or where values of an exponential curve are
        zero or of both signs."""
        time = np.array([point.time_s for point in curve.points])
        value = np.array([point.value for point in curve.points])
        if np.any(np.diff(time) < 0.0):
            raise ValueError(f"the points of the curve of {curve.target} are not in order of time")
        if curve.interpolation == "exponential" and not (np.all(value > 0.0) or np.all(value < 0.0)):
            raise ValueError(f"the exponential curve of {curve.target} needs values of one sign, none of them 0")
        return cls(time, value, curve.interpolation)

    @property
    def constant(self) -> bool:
        """Whether the curve never changes."""
        return bool(np.all(self.value == self.value[0]))

    def at(self, seconds: Floats) -> Floats:
        """Values at times in seconds, any shape and order. Each value depends on its own time alone."""
        seconds = np.asarray(seconds, dtype=np.float64)
        if self.interpolation == "linear":
            return np.asarray(np.interp(seconds, self.time_s, self.value))
        if seconds.size and (common := self._common(seconds)) is not None:
            return common
        begin, u, first, last, _ = self._stretch(seconds)
        if self.interpolation == "step":
            return first
        if self.interpolation == "exponential":
            between = first * (last / first) ** u
        else:
            between = first + (last - first) * (u * u * (3.0 - 2.0 * u))
        return np.where(u > 0.0, between, self.value[begin])

    def _common(self, seconds: Floats) -> Floats | None:
        """The values where all times lie between the same two points, which is so for nearly every chunk; else None.
        The same operations as for times anywhere, with numbers in the place of arrays: the same bits."""
        early, late = np.searchsorted(self.time_s, [seconds.min(), seconds.max()], side="right") - 1
        if early != late:
            return None
        first, last = self.value[max(early, 0)], self.value[min(early + 1, len(self.value) - 1)]
        if early < 0 or first == last or self.interpolation == "step":
            return np.full(seconds.shape, first)
        u = (seconds - self.time_s[early]) / (self.time_s[early + 1] - self.time_s[early])
        if self.interpolation == "exponential":
            return np.asarray(first * (last / first) ** u)
        return np.asarray(first + (last - first) * (u * u * (3.0 - 2.0 * u)))

    def integral(self, seconds: Floats) -> Floats:
        """The exact integral from the first point to each time (negative before it): cycles, where values are hertz."""
        seconds = np.asarray(seconds, dtype=np.float64)
        begin, u, first, last, width = self._stretch(seconds)
        whole = np.concatenate([[0.0], np.cumsum(self._areas())])
        inside = _area(self.interpolation, first, last, width, u)
        outside = (begin == len(self.time_s) - 1) | (seconds < self.time_s[0])
        level = self.value[begin] * (seconds - self.time_s[begin])
        return np.asarray(whole[begin] + np.where(outside, level, inside))

    def _areas(self) -> Floats:
        first, last, width = self.value[:-1], self.value[1:], np.diff(self.time_s)
        return _area(self.interpolation, first, last, width, np.ones_like(width))

    def _stretch(self, seconds: Floats) -> tuple[NDArray[np.intp], Floats, Floats, Floats, Floats]:
        """For each time: the index of the point at or before it (else 0), the way to the next 0..1, the values of both
        and the seconds between them."""
        count = len(self.time_s)
        begin = np.clip(np.searchsorted(self.time_s, seconds, side="right") - 1, 0, count - 1)
        after = np.minimum(begin + 1, count - 1)
        width = self.time_s[after] - self.time_s[begin]
        since = np.maximum(seconds - self.time_s[begin], 0.0)
        u = np.divide(since, width, out=np.zeros_like(since), where=width > 0.0)
        return begin, u, self.value[begin], self.value[after], width


def _area(interpolation: Interpolation, first: Floats, last: Floats, width: Floats, u: Floats) -> Floats:
    """The integral over the stretch's beginning, up to the part u of its width."""
    if interpolation == "step":
        return np.asarray(first * width * u)
    if interpolation == "linear":
        return np.asarray(width * u * (first + 0.5 * (last - first) * u))
    if interpolation == "smooth":
        return np.asarray(width * (first * u + (last - first) * u**3 * (1.0 - 0.5 * u)))
    growth = np.log(last / first)
    # expm1(g u) / g, whose limit at g = 0 is u.
    grown = np.divide(np.expm1(growth * u), growth, out=np.array(u, dtype=np.float64), where=growth != 0.0)
    return np.asarray(width * first * grown)
