"""How charges begin: given ones where they were put, clouds by the seed in a ball, with thermal velocities."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.randomness import fill_normal, fill_uniform
from harmonic_physics.engine.systems.charges import Charge, ChargesSpec, Cloud

Floats = NDArray[np.float64]
BOLTZMANN = 1.380649e-23


@dataclass(frozen=True)
class Begun:
    """Masses [kg], charges [C], radii [m] (n,); places [m] and velocities [m/s] (n, 3) at the start."""

    mass: Floats
    charge: Floats
    radius: Floats
    x: Floats
    v: Floats


def begin(spec: ChargesSpec, temperature: float, seed: int) -> Begun:
    """Given particles first, then the clouds in order."""
    kinds: list[Charge | Cloud] = [*spec.particles]
    kinds += [cloud for cloud in spec.clouds for _ in range(cloud.count)]
    x, v = np.zeros((spec.count, 3)), np.zeros((spec.count, 3))
    for i, particle in enumerate(spec.particles):
        x[i], v[i] = particle.position, particle.velocity
    first = len(spec.particles)
    for index, cloud in enumerate(spec.clouds):
        last = first + cloud.count
        x[first:last] = _ball(cloud, 4 * index, seed)
        for k in range(3):
            column = np.empty(cloud.count)
            fill_normal(seed, 4 * index + k + 100, column)
            v[first:last, k] = column * sqrt(BOLTZMANN * temperature / cloud.mass)
        first = last
    return Begun(
        mass=np.array([kind.mass for kind in kinds]),
        charge=np.array([kind.charge for kind in kinds]),
        radius=np.array([kind.radius for kind in kinds]),
        x=x,
        v=v,
    )


def _ball(cloud: Cloud, stream: int, seed: int) -> Floats:
    """The first `count` of a fixed run of random points of a cube that lie in its ball."""
    tries = 40 * cloud.count + 400
    cube = np.empty((3, tries))
    for k in range(3):
        fill_uniform(seed, stream + k, cube[k])
    cube = 2.0 * cube - 1.0
    inside = np.flatnonzero(cube[0] * cube[0] + cube[1] * cube[1] + cube[2] * cube[2] < 1.0)[: cloud.count]
    return np.ascontiguousarray(cube[:, inside].T) * cloud.spread
