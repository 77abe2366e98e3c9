"""Reproducible noise: the same numbers for a seed on every machine and for every version of numpy.

SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
"""

import numpy as np
from numpy.typing import NDArray

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)


def uniform(seed: int, count: int, begin: int = 0) -> NDArray[np.float64]:
    """``count`` numbers evenly spread over [0, 1), with 53 random bits each: those from number ``begin`` on."""
    with np.errstate(over="ignore"):
        state = np.uint64(seed) * _MIX2 + _GAMMA * np.arange(begin + 1, begin + count + 1, dtype=np.uint64)
        state = (state ^ (state >> np.uint64(30))) * _MIX1
        state = (state ^ (state >> np.uint64(27))) * _MIX2
        state ^= state >> np.uint64(31)
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53
