"""The true-peak limiter: no point of the signal, between the samples too, stays above the ceiling.

The gain that each sample needs is spread over a window on both sides (sliding minimum), then smoothed by a window of
the same reach with unit sum: the smooth gain is nowhere above the needed one, and looks ahead by its reach.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.loudness.true_peak import true_peaks

Floats = NDArray[np.float64]
REACH_S: Final = 0.02


def needed_gain(samples: Floats, ceiling: float) -> Floats:
    """For each sample of (channels, n) the largest gain up to 1 that keeps its true peak under a ceiling; (n,)."""
    highest = np.max([true_peaks(channel) for channel in samples], axis=0)
    return np.asarray(np.minimum(1.0, ceiling / np.maximum(highest, ceiling)))


def smooth_gain(needed: Floats, reach: int) -> Floats:
    """A smooth gain nowhere above the needed one; shape (n - 4 reach,): the ends serve as context."""
    lowest = sliding_minimum(needed, 2 * reach + 1)
    window = np.hanning(2 * reach + 3)[1:-1]
    return np.convolve(lowest, window / window.sum(), mode="valid")


def sliding_minimum(values: Floats, width: int) -> Floats:
    """Minimum over each run of ``width`` values, shape (n - width + 1,), by doubling: log2(width) passes."""
    lowest, done = values, 1
    while done < width:
        step = min(done, width - done)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        done += step
    return lowest


def limited(samples: Floats, start: int, stop: int, ceiling: float, sample_rate: int) -> Floats:
    """The stretch [start, stop) of samples (channels, n) under the ceiling; what lies around it is its context."""
    reach = int(REACH_S * sample_rate)
    margin = 2 * reach + 8
    low, high = max(start - margin, 0), min(stop + margin, samples.shape[1])
    piece = samples[:, start:stop]
    if np.abs(samples[:, low:high]).max(initial=0.0) * 1.87 <= ceiling:
        return piece
    needed = needed_gain(samples[:, low:high], ceiling)
    if needed.min() >= 1.0:
        return piece
    # A neighbour's point counts too: the meter gives an interpolated point to one of the two samples beside it.
    needed = np.minimum(needed, np.minimum(np.r_[needed[1:], 1.0], np.r_[1.0, needed[:-1]]))
    padded = np.pad(needed, (2 * reach - (start - low) + margin, 2 * reach + margin), constant_values=1.0)
    gain = smooth_gain(padded[margin : margin + (stop - start) + 4 * reach], reach)
    return piece * gain
