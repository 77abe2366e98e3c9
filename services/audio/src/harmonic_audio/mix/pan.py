"""Where a sound lies between left and right."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def constant_power(pan: Floats | float) -> Floats:
    """Gains (left, right) of positions -1..1, shape (2, *pan.shape): cos and sin, so that the power is always 1."""
    angle = (np.asarray(pan, dtype=np.float64) + 1.0) * (np.pi / 4.0)
    return np.stack([np.cos(angle), np.sin(angle)])
