"""How particles begin: given bodies where they were put, random ones by the seed, none overlapping."""

from dataclasses import dataclass, field
from itertools import product
from math import floor

import numpy as np
from numpy.typing import NDArray

from harmonic_contracts.problems import FieldError
from harmonic_physics.engine.particles.cost import mass_of
from harmonic_physics.engine.particles.input import Swarm
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.systems.particles import ParticlesSpec

Floats = NDArray[np.float64]
ATTEMPTS = 10_000
"""Random places tried for one body before giving up."""


@dataclass(frozen=True)
class Placed:
    """Bodies at the start: names, radii [m], masses [kg] and charges [C] (n,), positions and velocities (n, 3)."""

    names: list[str]
    radii: Floats
    masses: Floats
    charges: Floats
    positions: Floats
    velocities: Floats


@dataclass
class Grid:
    """Places that are taken, in cells as wide as the widest body."""

    width: float
    wraps: list[float | None]
    """Length of each wrapped axis."""
    taken: dict[tuple[int, ...], list[tuple[list[float], float]]] = field(default_factory=dict)

    def put(self, spot: list[float], radius: float) -> None:
        """Take a place."""
        self.taken.setdefault(self._cell(spot), []).append((spot, radius))

    def free(self, spot: list[float], radius: float) -> bool:
        """Whether a body fits there, images of wrapped boxes regarded."""
        images = [
            [p] if length is None else [p, p - length, p + length] for p, length in zip(spot, self.wraps, strict=True)
        ]
        return all(self._clear(image, radius) for image in product(*images))

    def _clear(self, spot: tuple[float, ...], radius: float) -> bool:
        here = self._cell(spot)
        for cell in product(*((c - 1, c, c + 1) for c in here)):
            for there, other in self.taken.get(cell, ()):
                square = 0.0
                for p, q in zip(spot, there, strict=True):
                    square += (p - q) * (p - q)
                if square < (radius + other) * (radius + other):
                    return False
        return True

    def _cell(self, spot: "list[float] | tuple[float, ...]") -> tuple[int, ...]:
        return tuple(floor(p / self.width) for p in spot)


def place(spec: ParticlesSpec, environment: dict[str, float], seed: int) -> Placed:
    """Given bodies first, then the swarms in order. The same seed gives the same places on any machine.

    Raises Refused where no free place is found.
    """
    n, d = spec.count, spec.dimensions
    generator = np.random.Generator(np.random.PCG64(seed))
    placed = Placed([], np.zeros(n), np.zeros(n), np.zeros(n), np.zeros((n, 3)), np.zeros((n, 3)))
    widest = 2 * max([b.radius for b in spec.bodies] + [s.radius_max for s in spec.random])
    lengths = [length if wrap else None for length, wrap in zip(spec.size, spec.wraps, strict=True)]
    grid = Grid(widest * (1 + 1e-9), lengths)
    for index, body in enumerate(spec.bodies):
        placed.names.append(body.name)
        placed.radii[index] = body.radius
        placed.masses[index] = mass_of(environment, body.radius, body.mass)
        placed.charges[index] = body.charge
        placed.positions[index, :d] = body.position
        placed.velocities[index, :d] = body.velocity or 0.0
        grid.put(list(body.position), body.radius)
    for swarm in spec.random:
        _scatter(spec, environment, swarm, generator, placed, grid)
    return placed


def masses(spec: ParticlesSpec, environment: dict[str, float], radii: Floats) -> Floats:
    """The masses (n,) under other parameters, in the order of the bodies."""
    given = [body.mass for body in spec.bodies] + [s.mass for s in spec.random for _ in range(s.count)]
    return np.array([mass_of(environment, r, m) for r, m in zip(radii.tolist(), given, strict=True)])


def _scatter(
    spec: ParticlesSpec,
    environment: dict[str, float],
    swarm: Swarm,
    generator: np.random.Generator,
    placed: Placed,
    grid: Grid,
) -> None:
    for k in range(swarm.count):
        index, d = len(placed.names), spec.dimensions
        radius = swarm.radius_min + (swarm.radius_max - swarm.radius_min) * generator.random()
        spot = _free_place(spec, generator, grid, index, radius)
        grid.put(spot, radius)
        placed.radii[index] = radius
        placed.positions[index, :d] = spot
        placed.velocities[index, :d] = generator.standard_normal(d) * (swarm.speed / d**0.5)
        placed.masses[index] = mass_of(environment, radius, swarm.mass)
        placed.charges[index] = swarm.charge
        placed.names.append(f"{swarm.name}{k + 1}")


def _free_place(
    spec: ParticlesSpec, generator: np.random.Generator, grid: Grid, index: int, radius: float
) -> list[float]:
    margins = [0.0 if wrap else radius for wrap in spec.wraps]
    for _ in range(ATTEMPTS):
        chances = generator.random(spec.dimensions).tolist()
        spot = [m + (size - 2 * m) * chance for m, size, chance in zip(margins, spec.size, chances, strict=True)]
        if grid.free(spot, radius):
            return spot
    reason = f"no free place was found for body {index + 1}: fewer or smaller bodies, or a larger box"
    raise Refused([FieldError(field="body.spec.random", reason=reason)])
