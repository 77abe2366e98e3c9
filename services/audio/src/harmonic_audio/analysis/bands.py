"""Energy in octaves and thirds of octaves, with the mid-band frequencies of IEC 61260-1 (base ten).

The bands are cut out of the power spectrum; a bin that an edge divides is shared in proportion. So the bands add up to
the power between their outer edges.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
G: Final = 10.0**0.3
"""The octave ratio of the standard."""


def centres(per_octave: int, rate: float, lowest_hz: float = 31.0) -> Floats:
    """Exact mid-band frequencies 1000 G^(k / b) in hertz, b odd, whose bands lie below half the sample rate."""
    if per_octave not in (1, 3):
        raise ValueError(f"bands are octaves (1) or thirds (3), not 1/{per_octave}")
    steps = np.arange(np.ceil(per_octave * np.log(lowest_hz / 1000.0) / np.log(G)), 10 * per_octave)
    found = 1000.0 * G ** (steps / per_octave)
    return np.asarray(found[found * G ** (0.5 / per_octave) <= rate / 2.0])


@cache
def shares(per_octave: int, rate: float, bins: int) -> Floats:
    """The share of each bin that lies in each band; shape (bands, bins)."""
    middle = centres(per_octave, rate)
    low, high = (middle * G ** (side / per_octave) for side in (-0.5, 0.5))
    width = rate / (2.0 * (bins - 1))
    left = (np.arange(bins) - 0.5) * width
    inside = np.minimum(left + width, high[:, None]) - np.maximum(left, low[:, None])
    return np.asarray(np.clip(inside / width, 0.0, 1.0))


def band_powers(powers: Floats, rate: float, per_octave: int = 3) -> Floats:
    """Power spectra (frames, bins) summed into bands; (frames, bands), in the order of `centres`."""
    return np.asarray(powers @ shares(per_octave, rate, powers.shape[1]).T)
