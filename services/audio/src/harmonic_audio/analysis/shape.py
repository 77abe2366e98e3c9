"""The shape of a spectrum in single figures: centroid, rolloff, flatness and flux.

All take power spectra (frames, bins) with their frequencies in hertz, and give one value a frame. Silent frames read 0.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def centroid(powers: Floats, hertz: Floats) -> Floats:
    """The mean frequency, weighted by magnitude, in hertz."""
    magnitudes = np.sqrt(powers)
    total = magnitudes.sum(axis=1)
    return np.asarray(np.where(total > 0.0, magnitudes @ hertz / np.where(total > 0.0, total, 1.0), 0.0))


def rolloff(powers: Floats, hertz: Floats, share: float = 0.85) -> Floats:
    """The lowest frequency below which this share of the power lies, in hertz."""
    running = np.cumsum(powers, axis=1)
    bins = np.argmax(running >= share * running[:, -1:], axis=1)
    return np.asarray(hertz[bins])


def flatness(powers: Floats) -> Floats:
    """Geometric over arithmetic mean of the power: 1 for white noise without variance, near 0 for tones."""
    mean = powers.mean(axis=1)
    floor = np.maximum(mean * 1e-20, 1e-300)[:, None]
    geometric = np.exp(np.log(np.maximum(powers, floor)).mean(axis=1))
    return np.asarray(np.where(mean > 0.0, geometric / np.where(mean > 0.0, mean, 1.0), 0.0))


def flux(powers: Floats, before: Floats | None = None) -> Floats:
    """How much magnitude rises from one frame to the next, summed over bins; half-wave rectified (Dixon 2006).

    ``before``: the power spectrum (bins,) of the frame before the first; without it the first reads 0.
    """
    magnitudes = np.sqrt(powers)
    if not len(magnitudes):
        return np.zeros(0)
    first = magnitudes[:1] if before is None else np.sqrt(before)[None]
    return np.asarray(np.maximum(np.diff(magnitudes, axis=0, prepend=first), 0.0).sum(axis=1))
