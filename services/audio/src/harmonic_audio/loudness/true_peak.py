"""True peak: the highest level between the samples too, by four times oversampling (ITU-R BS.1770-5 annex 2).

The interpolator is a windowed sinc of 49 taps, whose phase 0 is the signal itself. Only stretches whose samples are so
high that a peak could lie there are oversampled, which changes no result.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FACTOR: Final = 4
TAPS: Final = 49
REACH: Final = TAPS // FACTOR // 2
"""Samples on either side that an interpolated value depends on."""
STRETCH: Final = 16


def _interpolator() -> Floats:
    """Taps of the phases 1 to 3, shape (3, 2 REACH + 1), oldest sample last: ready for np.convolve."""
    place = np.arange(TAPS) - TAPS // 2
    taps = np.sinc(place / FACTOR) * (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(TAPS) / (TAPS - 1)))
    phases = [taps[phase::FACTOR] for phase in range(1, FACTOR)]
    return np.stack([np.pad(phase, (0, 2 * REACH + 1 - len(phase))) for phase in phases])


_PHASES: Final = _interpolator()
_BOUND: Final = float(np.abs(_PHASES).sum(axis=1).max())
"""An interpolated value is at most this times the highest sample near it."""


def _product() -> Floats:
    """The interpolation of a stretch as a matrix: (STRETCH + 2 REACH) samples to 3 STRETCH points, phase by phase."""
    matrix = np.zeros((STRETCH + 2 * REACH, FACTOR - 1, STRETCH))
    for sample in range(STRETCH):
        matrix[sample : sample + 2 * REACH + 1, :, sample] = _PHASES[:, ::-1].T
    return matrix.reshape(STRETCH + 2 * REACH, -1)


_MATRIX: Final = _product()


def true_peaks(samples: Floats, threshold: float = 0.0) -> Floats:
    """For each sample the highest absolute value of it and of the three points beside it; shape as the samples, (n,).

    Where nothing near could exceed the threshold, the sample's own absolute value stands.
    """
    count = len(samples)
    rows = -(-count // STRETCH)
    padded = np.pad(samples, (REACH, rows * STRETCH - count + REACH))
    levels = np.abs(padded[REACH : REACH + rows * STRETCH]).reshape(rows, STRETCH)
    tops = levels.max(axis=1)
    near = np.maximum(tops, np.maximum(np.append(tops[1:], 0.0), np.append(0.0, tops[:-1])))
    high = np.flatnonzero(near * _BOUND > threshold)
    if high.size:
        windows = np.lib.stride_tricks.sliding_window_view(padded, STRETCH + 2 * REACH)[::STRETCH][high]
        points = np.abs(windows @ _MATRIX).reshape(len(high), FACTOR - 1, STRETCH)
        levels[high] = np.maximum(levels[high], points.max(axis=1))
    return levels.reshape(-1)[:count]


def true_peak(samples: Floats) -> float:
    """The highest true peak of samples of shape (channels, n), linear; 0.0 for silence or nothing."""
    highest = 0.0
    for channel in np.atleast_2d(samples):
        if channel.size:
            top = float(np.abs(channel).max())
            highest = max(highest, float(true_peaks(channel, max(highest, top)).max()))
    return highest


def decibels(value: float) -> float | None:
    """20 lg of a linear level; None for silence."""
    return 20.0 * float(np.log10(value)) if value > 0.0 else None
