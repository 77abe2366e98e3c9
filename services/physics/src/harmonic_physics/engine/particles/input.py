"""The parts of a particles spec: bodies, swarms, force fields. No numpy."""

from math import floor, fsum, sqrt
from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_physics.engine.system import quantity

Boundary = Literal["none", "wrap", "bounce", "absorb"]
MAX_BODIES = 10_000
MAX_FILLING = {2: 0.4, 3: 0.25}
"""Share of the box that randomly placed bodies may fill, well below where random placing saturates."""
Components = list[float]


class Particle(Contract):
    """A body with a place and a velocity of its own."""

    name: str = Field(min_length=1, max_length=60)
    position: Components = Field(min_length=2, max_length=3, json_schema_extra={"unit": "m"})
    velocity: Components | None = Field(default=None, min_length=2, max_length=3, json_schema_extra={"unit": "m/s"})
    radius: float = quantity("m", "Radius", ge=1e-6, le=100, default=0.05)
    mass: float | None = quantity("kg", "Mass; without it, density times volume", ge=1e-12, le=1e6, default=None)
    charge: float = quantity("C", "Electric charge", ge=-1e3, le=1e3, default=0.0)


class Swarm(Contract):
    """Bodies placed at random without overlap, with Maxwellian velocities, by the simulation's seed."""

    name: str = Field(default="p", min_length=1, max_length=40, description="Bodies are named p1, p2, ...")
    count: int = Field(ge=1, le=MAX_BODIES)
    radius_min: float = quantity("m", "Smallest radius", ge=1e-6, le=100, default=0.02)
    radius_max: float = quantity("m", "Largest radius", ge=1e-6, le=100, default=0.02)
    mass: float | None = quantity(
        "kg", "Mass of each; without it, density times volume", ge=1e-12, le=1e6, default=None
    )
    speed: float = quantity("m/s", "Root mean square speed", ge=0, le=1e4, default=1.0)
    charge: float = quantity("C", "Electric charge of each", ge=-1e3, le=1e3, default=0.0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.radius_max < self.radius_min:
            raise ValueError("radius_max is less than radius_min: swap them")
        return self


class ForceField(Contract):
    """An acceleration that depends on the place alone: away from a centre, along a direction, or about an axis."""

    kind: Literal["radial", "directional", "vortex"]
    falloff: Literal["none", "linear", "inverse", "inverse_square"] = "none"
    strength: float = quantity("m/s2", "At the range; at the centre for none and linear", ge=-1e4, le=1e4)
    centre: Components | None = Field(
        default=None,
        min_length=2,
        max_length=3,
        description="Where distance is measured from; without it, the middle of the box",
        json_schema_extra={"unit": "m"},
    )
    direction: Components | None = Field(
        default=None,
        min_length=2,
        max_length=3,
        description="Of a directional field, or a vortex's axis in 3-D; without it, the last axis",
    )
    range: float = quantity(
        "m", "Where linear falloff ends, and the inverse ones have the strength", gt=0, le=1e4, default=1.0
    )
    softening: float = quantity("m", "Distance below which inverse falloffs are flattened", ge=0, le=1e4, default=0.05)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        for vector in (self.centre, self.direction):
            if vector is not None and any(abs(component) > 1e4 for component in vector):
                raise ValueError("components of centre and direction must be -10000 to 10000")
        if self.direction is not None and not sqrt(fsum(c * c for c in self.direction)) >= 1e-9:
            raise ValueError("the direction has no length")
        return self


def overlapping(bodies: list[Particle], size: Components, wraps: list[bool]) -> tuple[str, str] | None:
    """The names of two given bodies that overlap, if there are any. Looks at neighbours in a grid alone."""
    if not bodies:
        return None
    width = 2 * max(body.radius for body in bodies) * (1 + 1e-9)
    cells = [max(1, floor(length / width)) if wrap else 0 for length, wrap in zip(size, wraps, strict=True)]
    edges = [length / count if count else width for length, count in zip(size, cells, strict=True)]
    grid: dict[tuple[int, ...], list[Particle]] = {}
    for body in bodies:
        here = tuple(floor(p / edge) for p, edge in zip(body.position, edges, strict=True))
        for spot in _around(here, cells):
            for other in grid.get(spot, ()):
                if _square(body, other, size, wraps) < (body.radius + other.radius) ** 2:
                    return other.name, body.name
        grid.setdefault(_folded(here, cells), []).append(body)
    return None


def _around(here: tuple[int, ...], cells: list[int]) -> set[tuple[int, ...]]:
    spots: list[tuple[int, ...]] = [()]
    for c in here:
        spots = [(*spot, c + offset) for spot in spots for offset in (-1, 0, 1)]
    return {_folded(spot, cells) for spot in spots}


def _folded(spot: tuple[int, ...], cells: list[int]) -> tuple[int, ...]:
    return tuple(c % count if count else c for c, count in zip(spot, cells, strict=True))


def _square(here: Particle, there: Particle, size: Components, wraps: list[bool]) -> float:
    square = 0.0
    for p, q, length, wrap in zip(here.position, there.position, size, wraps, strict=True):
        gap = abs(p - q)
        square += min(gap, abs(length - gap)) ** 2 if wrap else gap**2
    return square
