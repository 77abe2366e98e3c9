"""Voices whose pitch moves: the phase is the exact integral of a piecewise linear frequency."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_contracts.score import ControlCurve

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FrequencyCurve:
    """Frequency over time, linear between its points and level outside them."""

    time_s: Floats
    hertz: Floats
    cycles: Floats
    """Cycles passed at each point since the first."""

    @classmethod
    def of(cls, curve: ControlCurve) -> "FrequencyCurve":
        """From the curve of a score. Its values are frequencies in hertz."""
        time = np.array([point.time_s for point in curve.points])
        hertz = np.array([point.value for point in curve.points])
        # The trapezoid is the exact integral of a linear stretch.
        passed = np.concatenate([[0.0], np.cumsum(0.5 * (hertz[1:] + hertz[:-1]) * np.diff(time))])
        return cls(time, hertz, passed)

    def at(self, seconds: Floats) -> tuple[Floats, Floats]:
        """Frequency in hertz and phase in cycles at ascending times."""
        frequency = np.interp(seconds, self.time_s, self.hertz)
        index = np.clip(np.searchsorted(self.time_s, seconds, side="right") - 1, 0, len(self.time_s) - 1)
        elapsed = seconds - self.time_s[index]
        return frequency, self.cycles[index] + 0.5 * (self.hertz[index] + frequency) * elapsed
