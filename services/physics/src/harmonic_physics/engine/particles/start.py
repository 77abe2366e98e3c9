"""How particles begin: given bodies where they were put, random ones by the seed, none overlapping."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_contracts.problems import FieldError
from harmonic_physics.engine.particles.cost import mass_of
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.systems.particles import ParticlesSpec, Swarm

Floats = NDArray[np.float64]
ATTEMPTS = 10_000
"""Random places tried for one body before giving up."""


@dataclass(frozen=True)
class Placed:
    """Bodies at the start: names, radii (n,) [m], masses (n,) [kg], positions (n, 3) [m], velocities (n, 3) [m/s]."""

    names: list[str]
    radii: Floats
    masses: Floats
    positions: Floats
    velocities: Floats


def place(spec: ParticlesSpec, environment: dict[str, float], seed: int) -> Placed:
    """Given bodies first, then the swarms in order. The same seed gives the same places on any machine.

    Raises Refused where no free place is found. Velocities are in the spec's time, without the time scale.
    """
    n, d = spec.count, spec.dimensions
    generator = np.random.Generator(np.random.PCG64(seed))
    placed = Placed([], np.zeros(n), np.zeros(n), np.zeros((n, 3)), np.zeros((n, 3)))
    for index, body in enumerate(spec.bodies):
        placed.names.append(body.name)
        placed.radii[index] = body.radius
        placed.masses[index] = mass_of(environment, body.radius, body.mass)
        placed.positions[index, :d] = body.position
        placed.velocities[index, :d] = body.velocity or 0.0
    for swarm in spec.random:
        _scatter(spec, environment, swarm, generator, placed)
    return placed


def _scatter(
    spec: ParticlesSpec, environment: dict[str, float], swarm: Swarm, generator: np.random.Generator, placed: Placed
) -> None:
    for k in range(swarm.count):
        index, d = len(placed.names), spec.dimensions
        radius = swarm.radius_min + (swarm.radius_max - swarm.radius_min) * generator.random()
        placed.radii[index] = radius
        placed.positions[index, :d] = _free_place(spec, generator, placed, index, radius)
        placed.velocities[index, :d] = generator.standard_normal(d) * (swarm.speed / d**0.5)
        placed.masses[index] = mass_of(environment, radius, swarm.mass)
        placed.names.append(f"{swarm.name}{k + 1}")


def _free_place(
    spec: ParticlesSpec, generator: np.random.Generator, placed: Placed, index: int, radius: float
) -> Floats:
    size = np.array(spec.size)
    wraps = np.array([face == "wrap" for face in spec.faces])
    margin = np.where(wraps, 0.0, radius)
    others, reach = placed.positions[:index, : spec.dimensions], placed.radii[:index] + radius
    for _ in range(ATTEMPTS):
        spot: Floats = margin + (size - 2 * margin) * generator.random(spec.dimensions)
        gap = np.abs(others - spot)
        gap = np.where(wraps, np.minimum(gap, size - gap), gap)
        if ((gap**2).sum(axis=1) >= reach**2).all():
            return spot
    reason = f"no free place was found for body {index + 1}: fewer or smaller bodies, or a larger box"
    raise Refused([FieldError(field="body.spec.random", reason=reason)])
