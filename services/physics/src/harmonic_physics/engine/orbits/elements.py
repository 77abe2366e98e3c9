"""Kepler's elements: from the orbit's shape and phase to position and velocity, and back.

Conventions of celestial mechanics: angles in radians here, inclination from the reference plane, argument of periapsis
from the ascending node. Source: Murray and Dermott, Solar System Dynamics (1999), chapter 2.
"""

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin, sqrt

Vector = tuple[float, float, float]


def dot(a: Vector, b: Vector) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def norm(a: Vector) -> float:
    """Euclidean length."""
    return sqrt(dot(a, a))


def combine(p: float, a: Vector, q: float, b: Vector) -> Vector:
    """p a + q b."""
    return p * a[0] + q * b[0], p * a[1] + q * b[1], p * a[2] + q * b[2]


@dataclass(frozen=True)
class Orientation:
    """Where an orbit lies in space. Angles in radians."""

    inclination: float
    ascending_node: float
    argument: float

    def axes(self) -> tuple[Vector, Vector]:
        """Unit vectors to the periapsis and, a quarter ahead of it, in the sense of motion (eq. 2.119 ff.)."""
        ci, si = cos(self.inclination), sin(self.inclination)
        cn, sn = cos(self.ascending_node), sin(self.ascending_node)
        cw, sw = cos(self.argument), sin(self.argument)
        to_periapsis = (cn * cw - sn * sw * ci, sn * cw + cn * sw * ci, sw * si)
        ahead = (-cn * sw - sn * cw * ci, -sn * sw + cn * cw * ci, cw * si)
        return to_periapsis, ahead


def eccentric_anomaly(mean: float, eccentricity: float) -> float:
    """E of Kepler's equation M = E - e sin E for 0 <= e < 1, to rounding. Newton from Danby's start, always inside."""
    reduced = mean - 2 * pi * round(mean / (2 * pi))
    anomaly = reduced + (0.85 * eccentricity if reduced >= 0 else -0.85 * eccentricity)
    for _ in range(50):
        step = (anomaly - eccentricity * sin(anomaly) - reduced) / (1 - eccentricity * cos(anomaly))
        anomaly -= step
        if abs(step) < 1e-15:
            break
    return anomaly + (mean - reduced)


def mean_from_true(true: float, eccentricity: float) -> float:
    """Mean anomaly at a true anomaly: M = E - e sin E with tan E = sqrt(1 - e^2) sin f / (e + cos f)."""
    anomaly = atan2(sqrt(1 - eccentricity**2) * sin(true), eccentricity + cos(true))
    return anomaly - eccentricity * sin(anomaly)


def mean_at_direction(orientation: Orientation, eccentricity: float, direction: Vector) -> float:
    """Mean anomaly at which the orbit crosses the plane of `direction` and its own normal, on the near side."""
    to_periapsis, ahead = orientation.axes()
    return mean_from_true(atan2(dot(direction, ahead), dot(direction, to_periapsis)), eccentricity)


def state(gm: float, axis: float, eccentricity: float, orientation: Orientation, mean: float) -> tuple[Vector, Vector]:
    """Position and velocity on an ellipse about the attracting point.

    `gm` is G times the sum of both masses, `axis` the semi-major axis, `mean` the mean anomaly (eq. 2.41, 2.122).
    """
    to_periapsis, ahead = orientation.axes()
    anomaly = eccentric_anomaly(mean, eccentricity)
    minor = sqrt(1 - eccentricity**2)
    position = combine(axis * (cos(anomaly) - eccentricity), to_periapsis, axis * minor * sin(anomaly), ahead)
    speed = sqrt(gm / axis) / (1 - eccentricity * cos(anomaly))
    velocity = combine(-speed * sin(anomaly), to_periapsis, speed * minor * cos(anomaly), ahead)
    return position, velocity


def axis_of_period(gm: float, period: float) -> float:
    """Semi-major axis of Kepler's third law: a^3 = gm (P / 2 pi)^2."""
    return float((gm * (period / (2 * pi)) ** 2) ** (1 / 3))


@dataclass(frozen=True)
class Conic:
    """An osculating orbit: semi-major axis (negative if unbound), eccentricity, periapsis."""

    axis: float
    eccentricity: float
    periapsis: float


def conic(gm: float, position: Vector, velocity: Vector) -> Conic:
    """The orbit that two bodies at these relative vectors would have alone (eq. 2.134 ff.)."""
    momentum = norm(cross(position, velocity))
    radius = norm(position)
    speed = dot(velocity, velocity)
    vector = combine((speed - gm / radius) / gm, position, -dot(position, velocity) / gm, velocity)
    eccentricity = hypot(*vector)
    energy = speed / 2 - gm / radius
    axis = -gm / (2 * energy) if energy != 0.0 else float("inf")
    return Conic(axis, eccentricity, momentum**2 / (gm * (1 + eccentricity)))


def periapsis_period(gm: float, position: Vector, velocity: Vector, contact: float = 0.0) -> float:
    """Period of a uniform turn at the conic's fastest angular speed, sqrt(gm (1 + e) / q^3), at periapsis q.

    Bodies that touch at the distance `contact` come no nearer.
    """
    shape = conic(gm, position, velocity)
    periapsis = max(shape.periapsis, contact)
    return 2 * pi * sqrt(periapsis**3 / (gm * (1 + shape.eccentricity)))
