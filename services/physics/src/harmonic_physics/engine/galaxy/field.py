"""Gravity on stars and centres, by the method that is faster for their number."""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.galaxy.cost import CROSSOVER
from harmonic_physics.engine.kernels.octree import grow
from harmonic_physics.engine.kernels.softened import add_cores, direct
from harmonic_physics.engine.kernels.treewalk import feel

Floats = NDArray[np.float64]


def uses_tree(n: int) -> bool:
    """Whether n stars are summed by the tree."""
    return n > CROSSOVER


def pull(
    x: Floats, gm: Floats, core: Floats, core_gm: Floats, scale: Floats,
    softening: float, theta: float, field: Floats, back: Floats,
) -> None:  # fmt: skip
    """Fill `field` (4, n) of the stars and `back` (4, c) of the centres: acceleration and potential."""
    if uses_tree(x.shape[1]):
        feel(grow(x, gm), theta, softening * softening, field)
    else:
        direct(x, gm, softening * softening, 0, x.shape[1], field)
    add_cores(x, gm, core, core_gm, scale, field, back)
