"""Sensory dissonance of partials that sound together.

Sethares (1993), "Local consonance and the relationship between timbre and scale", JASA 94(3), with
the constants of its appendix.
"""

import numpy as np
from numpy.typing import NDArray

DECAY = (3.5, 5.75)
MAXIMUM_AT = 0.24
SLOPE, OFFSET = 0.0207, 18.96


def dissonance(frequency: NDArray[np.float64], amplitude: NDArray[np.float64]) -> float:
    """Total dissonance of all pairs of partials.

    frequency: hertz, shape (n,). amplitude: linear, shape (n,). Sethares 1993 eq. (4): the weaker of two amplitudes
    times exp(-b1 s df) - exp(-b2 s df), with s = d* / (s1 f_low + s2).
    """
    low = np.minimum.outer(frequency, frequency)
    gap = np.abs(np.subtract.outer(frequency, frequency)) * (MAXIMUM_AT / (SLOPE * low + OFFSET))
    curve = np.exp(-DECAY[0] * gap) - np.exp(-DECAY[1] * gap)
    weight = np.minimum.outer(amplitude, amplitude)
    return float(np.triu(weight * curve, 1).sum())


def harmonic_partials(
    fundamental: NDArray[np.float64], amplitude: NDArray[np.float64], brightness: NDArray[np.float64], count: int = 6
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Harmonics of each note, shape (n * count,), falling by 0.5 (dark) to 0.95 (bright) a partial."""
    order = np.arange(count)
    fall = (0.5 + 0.45 * brightness)[:, None] ** order
    return (fundamental[:, None] * (order + 1)).ravel(), (amplitude[:, None] * fall).ravel()
