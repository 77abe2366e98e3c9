"""The gain of a feed-forward compressor, sample by sample.

Static curve and smoothing in the log domain: Giannoulis, Massberg, Reiss, "Digital dynamic range compressor design",
J. Audio Eng. Soc. 60 (2012), equations 4 (soft knee) and 16 (smooth branching detector), after the curve.
"""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
DB = 8.685889638065035
"""20 / ln 10: decibels of a neper."""
FLOOR = 1e-12


@inner
def reduction(level_db: float, threshold: float, slope: float, knee: float) -> float:
    """Static gain in dB, at most 0: slope = 1 / ratio - 1."""
    over = level_db - threshold
    if 2.0 * over <= -knee:
        return 0.0
    if 2.0 * over < knee:
        bend = over + 0.5 * knee
        return slope * bend * bend / (2.0 * knee)
    return slope * over


@kernel
def compressed(
    samples: Floats, key: Floats, settings: tuple[float, float, float, float, float, float], state: Floats, out: Floats
) -> None:
    """samples, out (channels, n); key (k, n) steers; state (1,): the gain in dB so far, updated.

    settings: threshold dB, slope, knee dB, attack and release as poles, make-up dB.
    """
    threshold, slope, knee, attack, release, makeup = settings
    gain = state[0]
    for n in range(samples.shape[1]):
        level = FLOOR
        for k in range(key.shape[0]):
            level = max(level, abs(key[k, n]))
        wanted = reduction(DB * log(level), threshold, slope, knee)
        pole = attack if wanted < gain else release
        gain = pole * gain + (1.0 - pole) * wanted
        gain = 0.0 if gain > -1e-9 else gain
        factor = exp((gain + makeup) / DB)
        for channel in range(samples.shape[0]):
            out[channel, n] = factor * samples[channel, n]
    state[0] = gain


def warm() -> None:
    """Compile it for what it is called with."""
    compressed(np.zeros((1, 2)), np.zeros((1, 2)), (-10.0, -0.5, 6.0, 0.0, 0.0, 0.0), np.zeros(1), np.zeros((1, 2)))
