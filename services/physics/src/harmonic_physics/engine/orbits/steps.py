"""The equal steps of the symplectic method: what a composition does in each, and how they fit the frames."""

from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.integrators.kahan_li import Composition

Floats = NDArray[np.float64]


def leapfrog_weights(composition: Composition) -> tuple[Floats, Floats]:
    """Drifts (stages + 1,) and kicks (stages,) of drift-kick-drift leapfrogs, neighbouring half drifts joined."""
    kicks = np.array(composition.weights)
    drifts = np.concatenate([kicks[:1] / 2, (kicks[:-1] + kicks[1:]) / 2, kicks[-1:] / 2])
    return drifts, kicks


def on_the_grid(wanted: float, interval: float) -> float:
    """A step no longer than wanted that is a whole part or a whole multiple of the time between frames."""
    if wanted >= interval:
        return float(floor(wanted / interval) * interval)
    return interval / ceil(interval / max(wanted, 1e-12 * interval))
