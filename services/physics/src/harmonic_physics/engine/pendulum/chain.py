r"""Rods in a vertical plane, hinged in a row: Lagrange's equations, with the mass matrix solved inside the formulas.

Angles theta_i from straight down, r_k = sum_{i <= k} l_i (sin theta_i, -cos theta_i), mu_i = sum_{k >= i} m_k:
sum_j mu_max(i,j) l_i l_j [cos(theta_i - theta_j) theta_j'' + sin(theta_i - theta_j) theta_j'^2] = Q_i, in the frame
of the pivot, which may be shaken. (L. D. Landau and E. M. Lifshitz, Mechanics, sections 5 and 39.)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import radians
from typing import TYPE_CHECKING

from harmonic_physics.engine.formulas.graph import Expression, Graph, cosine, root, sine, total
from harmonic_physics.engine.smooth.problem import Problem, Shown, Watch

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.pendulum import PendulumSpec

CREEP = 0.05
"""Speed [m/s] below which the drag of the air is proportional to speed rather than to its square."""
Row = list[Expression]


@dataclass
class Parts:
    """What the equations are made of, by bob."""

    graph: Graph
    length: Row
    mass: Row
    weight: Row
    """Mass less the displaced air's."""
    area: Row
    """Half of density, drag coefficient and cross section together."""
    angle: Row
    speed: Row

    def beyond(self, values: Row, i: int) -> Expression:
        """The sum over bob i and those below it."""
        return total(values[i:], self.graph)


def problem(spec: PendulumSpec) -> Problem:
    """The chain's equations."""
    graph = Graph()
    n = len(spec.bobs)
    angle = [graph.state(f"angle {i}") for i in range(n)]
    speed = [graph.state(f"speed {i}") for i in range(n)]
    phase, turning, work = graph.state("phase"), graph.state("torque phase"), graph.state("work")
    named = {key: [graph.parameter(f"{key} {i}") for i in range(n)] for key in ("length", "mass", "weight", "area")}
    parts = Parts(graph, named["length"], named["mass"], named["weight"], named["area"], angle, speed)
    forces, power = _forces(parts, phase, turning)
    rates = [*speed, *solved(_mass_matrix(parts), _with_turning(parts, forces)), *_clocks(graph), power]
    weights = [1.0] * (2 * n) + [0.0, 0.0, 0.0]
    places, velocities = _places(parts), _velocities(parts)
    energy = _energy(parts, places, velocities)
    shown = {
        "angle": Shown(angle, (n,)),
        "angular_velocity": Shown(speed, (n,)),
        "position": Shown([c for x, z in places for c in (x, graph.number(0.0), z)], (n, 3)),
        "speed": Shown([root(vx * vx + vz * vz) for vx, vz in velocities], (n,)),
        "energy": Shown([energy]),
    }
    return Problem(graph, rates, shown, {"energy": energy - work}, _watches(parts, places, velocities), weights)


def start(spec: PendulumSpec) -> list[float]:
    """Angles and angular velocities in radians, phases and work 0."""
    angles = [radians(bob.angle) for bob in spec.bobs]
    return [*angles, *(radians(bob.angular_velocity) for bob in spec.bobs), 0.0, 0.0, 0.0]


def solved(matrix: list[Row], right: Row) -> Row:
    """x of A x = b for a symmetric positive matrix, by L D L^T without pivots (stable for such)."""
    n = len(right)
    lower: list[Row] = [[] for _ in range(n)]
    diagonal: Row = []
    y = list(right)
    for i in range(n):
        row: Row = []  # l_ij d_j
        for j in range(i):
            value = matrix[i][j]
            for k in range(j):
                value = value - row[k] * lower[j][k]
            row.append(value)
        lower[i] = [row[j] / diagonal[j] for j in range(i)]
        pivot = matrix[i][i]
        for j in range(i):
            pivot = pivot - row[j] * lower[i][j]
            y[i] = y[i] - lower[i][j] * y[j]
        diagonal.append(pivot)
    x = [y[i] / diagonal[i] for i in range(n)]
    for i in reversed(range(n)):
        for k in range(i + 1, n):
            x[i] = x[i] - lower[k][i] * x[k]
    return x


def _difference(parts: Parts, i: int, j: int) -> tuple[Expression, Expression]:
    """sin and cos of theta_i - theta_j, from those of the angles."""
    si, ci, sj, cj = sine(parts.angle[i]), cosine(parts.angle[i]), sine(parts.angle[j]), cosine(parts.angle[j])
    return si * cj - ci * sj, ci * cj + si * sj


def _mass_matrix(p: Parts) -> list[Row]:
    n = len(p.angle)
    mu = [p.beyond(p.mass, i) for i in range(n)]
    inertia = [[mu[max(i, j)] * p.length[i] * p.length[j] for j in range(n)] for i in range(n)]
    return [[inertia[i][j] if i == j else inertia[i][j] * _difference(p, i, j)[1] for j in range(n)] for i in range(n)]


def _with_turning(p: Parts, forces: Row) -> Row:
    """The forces less what the others' turning asks for."""
    n = len(forces)
    mu = [p.beyond(p.mass, i) for i in range(n)]
    result = []
    for i in range(n):
        value = forces[i]
        for j in range(n):
            if i != j:
                inertia = mu[max(i, j)] * p.length[i] * p.length[j]
                value = value - inertia * _difference(p, i, j)[0] * (p.speed[j] * p.speed[j])
        result.append(value)
    return result


def _clocks(graph: Graph) -> Row:
    """Phases of the drives are variables, so that a frequency may change without a jump."""
    return [graph.parameter("drive rate"), graph.parameter("torque rate")]


def _forces(p: Parts, phase: Expression, turning: Expression) -> tuple[Row, Expression]:
    """Generalised forces, and the power of all of them but gravity."""
    graph, n = p.graph, len(p.angle)
    gravity = graph.parameter("gravity")
    shake = graph.parameter("drive amplitude")
    rate, across, up = graph.parameter("drive rate"), graph.parameter("drive across"), graph.parameter("drive up")
    acceleration = -(shake * rate * rate) * sine(phase)
    pivot = shake * rate * cosine(phase)
    hinge, torque = graph.parameter("damping"), graph.parameter("torque") * sine(turning)
    drags = _drags(p, pivot * across, pivot * up)
    forces: Row = []
    others: Row = []
    for i in range(n):
        s, c = sine(p.angle[i]), cosine(p.angle[i])
        falling = -(gravity * p.beyond(p.weight, i) * p.length[i]) * s
        shaken = -(p.beyond(p.mass, i) * p.length[i]) * acceleration * (across * c + up * s)
        bend = p.speed[i] - p.speed[i - 1] if i else p.speed[i]
        rubbed = -(hinge * bend)
        if i + 1 < n:
            rubbed = rubbed + hinge * (p.speed[i + 1] - p.speed[i])
        blown = total([p.length[i] * (fx * c + fz * s) for fx, fz in drags[i:]], graph)
        other = shaken + rubbed + blown + (torque if i == 0 else 0.0)
        forces.append(falling + other)
        others.append(other * p.speed[i])
    return forces, total(others, graph)


def _drags(p: Parts, pivot_x: Expression, pivot_z: Expression) -> list[tuple[Expression, Expression]]:
    """-1/2 rho C A v sqrt(v^2 + creep^2) on every bob."""
    found = []
    for area, (vx, vz) in zip(p.area, _velocities(p), strict=True):
        vx, vz = vx + pivot_x, vz + pivot_z
        factor = -(area * root(vx * vx + vz * vz + CREEP**2))
        found.append((factor * vx, factor * vz))
    return found


def _places(p: Parts) -> list[tuple[Expression, Expression]]:
    x, z = p.graph.number(0.0), p.graph.number(0.0)
    found = []
    for length, angle in zip(p.length, p.angle, strict=True):
        x, z = x + length * sine(angle), z - length * cosine(angle)
        found.append((x, z))
    return found


def _velocities(p: Parts) -> list[tuple[Expression, Expression]]:
    x, z = p.graph.number(0.0), p.graph.number(0.0)
    found = []
    for length, angle, speed in zip(p.length, p.angle, p.speed, strict=True):
        x, z = x + length * cosine(angle) * speed, z + length * sine(angle) * speed
        found.append((x, z))
    return found


def _energy(
    p: Parts, places: list[tuple[Expression, Expression]], velocities: list[tuple[Expression, Expression]]
) -> Expression:
    gravity = p.graph.parameter("gravity")
    moving = [0.5 * m * (vx * vx + vz * vz) for m, (vx, vz) in zip(p.mass, velocities, strict=True)]
    raised = [gravity * w * z for w, (_, z) in zip(p.weight, places, strict=True)]
    return total(moving + raised, p.graph)


def _watches(
    p: Parts, places: list[tuple[Expression, Expression]], velocities: list[tuple[Expression, Expression]]
) -> list[Watch]:
    zero, found = p.graph.number(0.0), list[Watch]()
    for i, (angle, speed) in enumerate(zip(p.angle, p.speed, strict=True)):
        place = (places[i][0], zero, places[i][1])
        vx, vz = velocities[i]
        pace, half = root(vx * vx + vz * vz), 0.5 * angle
        found += [
            Watch("zero_crossing", sine(half), strength=pace, body_a=i, position=place),
            Watch("turning_point", speed, strength=sine(half), body_a=i, position=place),
            Watch("flip", cosine(half), strength=pace, body_a=i, position=place),
        ]
    return found
