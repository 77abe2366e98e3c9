"""Which method an orbit run takes, and why: equal symplectic steps where all is regular, else adaptive ones.

Regular: every body goes round those before it on an ellipse that is not long, and neighbours keep their distance.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import fsum, log, pi, sqrt
from typing import Literal

from harmonic_physics.engine.orbits.elements import Conic, Vector, combine, conic
from harmonic_physics.engine.systems.orbits import OrbitsSpec

LONG = 0.3
"""Eccentricity from which adaptive steps are cheaper and more exact."""
HILL_RADII = 3.0
"""Mutual Hill radii between the apoapsis of an orbit and the periapsis of the next: less may lead to encounters."""
ROUND, LONGER = 31.0, 45.0
"""Adaptive steps in an orbit: on a circle, and the more for each e-fold of 1 / (1 - e). Measured."""


@dataclass(frozen=True)
class Choice:
    """The method. The reason, for the certificate. Adaptive steps per time."""

    method: Literal["symplectic", "adaptive"]
    reason: str
    rate: float


@dataclass(frozen=True)
class Orbit:
    """A body's Jacobi orbit, and its mass."""

    shape: Conic
    period: float
    mass: float


def choose(
    spec: OrbitsSpec, g: float, masses: list[float], positions: list[Vector], velocities: list[Vector], shortest: float
) -> Choice:
    """As the spec says, or by the osculating Jacobi orbits; `shortest` is the time of the fastest turn as it stands."""
    ruled = len(masses) == 2 or spec.bodies[1].elements is not None or masses[0] > fsum(masses[1:])
    orbits = jacobi_orbits(g, masses, positions, velocities) if ruled else []
    rate = max((_steps(orbit, spec.duration) for orbit in orbits), default=ROUND / max(shortest, 1e-300))
    if spec.method != "auto":
        return Choice(spec.method, "the universe asks for it", rate)
    if spec.on_collision in ("merge", "bounce") and any(body.radius for body in spec.bodies):
        return Choice("adaptive", "bodies may collide", rate)
    if not ruled:
        return Choice("adaptive", "no body rules the others", rate)
    longest = max(orbit.shape.eccentricity for orbit in orbits)
    if longest > LONG:
        return Choice("adaptive", f"an orbit has eccentricity {longest:.3g}", rate)
    if any(_near(one, other, fsum(masses)) for one, other in pairwise(sorted(orbits, key=lambda o: o.shape.axis))):
        return Choice("adaptive", "orbits come near each other", rate)
    return Choice("symplectic", "every orbit is round enough, and far enough from the next", rate)


def jacobi_orbits(g: float, masses: list[float], positions: list[Vector], velocities: list[Vector]) -> list[Orbit]:
    """The osculating orbit of each body but the first about those before it."""
    found = []
    inner, centre, drift = masses[0], positions[0], velocities[0]
    for mass, x, v in zip(masses[1:], positions[1:], velocities[1:], strict=True):
        gm = g * (inner + mass)
        shape = conic(gm, combine(1.0, x, -1.0, centre), combine(1.0, v, -1.0, drift))
        found.append(Orbit(shape, 2 * pi * sqrt(abs(shape.axis) ** 3 / gm), mass))
        share = mass / (inner + mass)
        centre, drift = combine(1 - share, centre, share, x), combine(1 - share, drift, share, v)
        inner += mass
    return found


def _steps(orbit: Orbit, duration: float) -> float:
    """Adaptive steps per time; an unbound body passes once."""
    length = LONGER * log(1 / max(1e-6, abs(1 - orbit.shape.eccentricity)))
    if orbit.shape.eccentricity >= 1.0:
        return (ROUND + max(0.0, length)) / duration
    return (ROUND + length) / max(orbit.period, 1e-300)


def _near(one: Orbit, other: Orbit, total: float) -> bool:
    """Whether the outer orbit comes within a few mutual Hill radii of the inner one."""
    far = one.shape.axis * (1 + one.shape.eccentricity)
    hill = ((one.mass + other.mass) / (3 * total)) ** (1 / 3) * (one.shape.axis + other.shape.axis) / 2
    return bool(other.shape.periapsis - far < HILL_RADII * hill)
