"""How orbits begin: from elements or vectors to barycentric states, and the method that they need."""

from dataclasses import dataclass
from math import fsum, pi, radians, sqrt

from harmonic_physics.engine.orbits import cost
from harmonic_physics.engine.orbits.choice import Choice, choose
from harmonic_physics.engine.orbits.elements import (
    Orientation,
    Vector,
    axis_of_period,
    combine,
    cross,
    dot,
    mean_at_direction,
    norm,
    periapsis_period,
    state,
)
from harmonic_physics.engine.systems.orbits import Elements, OrbitsSpec

GAUSS = 0.01720209895
"""Gaussian gravitational constant: G = GAUSS^2 AU^3 Msun^-1 d^-2 (IAU 1976; exact by definition there)."""
DOMINANCE = 10.0
"""A body that outweighs all others by this much makes their orbits about it meaningful."""


@dataclass(frozen=True)
class Initial:
    """A start, in the universe's own time: vectors, the plane, the method, and what a run will cost.

    `shortest` is the time of the fastest turn. `steps_a_time` is per unit of the run's time.
    """

    g: float
    masses: list[float]
    positions: list[Vector]
    velocities: list[Vector]
    normal: Vector
    sight: Vector
    choice: Choice
    shortest: float
    steps_a_time: float
    step_seconds: float
    frame_seconds: float


def begin(spec: OrbitsSpec, environment: dict[str, float]) -> Initial:
    """The barycentric start of a spec. A factor on gravity acts from here on: elements are read without it."""
    g = GAUSS**2 if spec.units == "astronomical" else 1.0
    masses = [body.mass for body in spec.bodies]
    positions, velocities = _states(spec, g)
    _to_barycentre(masses, positions)
    _to_barycentre(masses, velocities)
    radii = [body.radius for body in spec.bodies]
    g *= spec.gravity_factor
    shortest = shortest_turn(g, masses, radii, positions, velocities)
    choice = choose(spec, g, masses, positions, velocities, shortest)
    return Initial(
        g / spec.gravity_factor,
        masses,
        positions,
        velocities,
        normal=_normal(masses, positions, velocities),
        sight=combine(1 / norm(spec.line_of_sight), spec.line_of_sight, 0.0, spec.line_of_sight),
        choice=choice,
        shortest=shortest,
        steps_a_time=cost.steps_a_time(spec, choice, shortest) * environment["time_scale"],
        step_seconds=cost.step_seconds(spec, choice),
        frame_seconds=cost.frame_seconds(spec),
    )


def _states(spec: OrbitsSpec, g: float) -> tuple[list[Vector], list[Vector]]:
    first = spec.bodies[0]
    origin: Vector = (0.0, 0.0, 0.0)
    if first.position is not None:
        return [b.position or origin for b in spec.bodies], [b.velocity or origin for b in spec.bodies]
    inner, centre, drift = first.mass, origin, origin
    positions, velocities = [origin], [origin]
    for body in spec.bodies[1:]:
        assert body.elements is not None
        relative, speed = _jacobi(body.elements, g * (inner + body.mass), spec.line_of_sight)
        positions.append(combine(1.0, centre, 1.0, relative))
        velocities.append(combine(1.0, drift, 1.0, speed))
        share = body.mass / (inner + body.mass)
        centre, drift = combine(1.0, centre, share, relative), combine(1.0, drift, share, speed)
        inner += body.mass
    return positions, velocities


def _jacobi(e: Elements, gm: float, sight: Vector) -> tuple[Vector, Vector]:
    """Position and velocity from the centre of mass of the bodies inside."""
    axis = e.semi_major_axis if e.semi_major_axis is not None else axis_of_period(gm, e.period or 0.0)
    orientation = Orientation(radians(e.inclination), radians(e.ascending_node), radians(e.argument_of_periapsis))
    if e.transit_time is None:
        mean = radians(e.mean_anomaly or 0.0)
    else:
        motion = sqrt(gm / axis**3)
        mean = mean_at_direction(orientation, e.eccentricity, sight) - motion * e.transit_time
    return state(gm, axis, e.eccentricity, orientation, mean)


def _to_barycentre(masses: list[float], vectors: list[Vector]) -> None:
    total = fsum(masses)
    mean = (0.0, 0.0, 0.0)
    for mass, vector in zip(masses, vectors, strict=True):
        mean = combine(1.0, mean, mass / total, vector)
    vectors[:] = [combine(1.0, vector, -1.0, mean) for vector in vectors]


def _normal(masses: list[float], positions: list[Vector], velocities: list[Vector]) -> Vector:
    """Normal of the invariable plane; the z axis where there is no angular momentum to speak of."""
    total, scale = (0.0, 0.0, 0.0), 0.0
    for mass, x, v in zip(masses, positions, velocities, strict=True):
        spin = cross(x, v)
        total = combine(1.0, total, mass, spin)
        scale += mass * norm(spin)
    length = norm(total)
    return (0.0, 0.0, 1.0) if length <= 1e-9 * scale else combine(1 / length, total, 0.0, total)


def shortest_turn(
    g: float, masses: list[float], radii: list[float], positions: list[Vector], velocities: list[Vector]
) -> float:
    """The shortest time in which anything turns once: pairs as they stand, and conics about a dominant body."""
    n = len(masses)
    turns = []
    for i in range(n):
        for j in range(i + 1, n):
            r = combine(1.0, positions[j], -1.0, positions[i])
            turns.append(2 * pi * sqrt(dot(r, r) ** 1.5 / (g * (masses[i] + masses[j]))))
    centre = max(range(n), key=lambda i: masses[i])
    if masses[centre] > DOMINANCE * (fsum(masses) - masses[centre]):
        for i in range(n):
            if i != centre:
                r = combine(1.0, positions[i], -1.0, positions[centre])
                v = combine(1.0, velocities[i], -1.0, velocities[centre])
                gm, contact = g * (masses[centre] + masses[i]), radii[centre] + radii[i]
                turns.append(periapsis_period(gm, r, v, contact))
    return min(turns)
