r"""A bob on a thread over magnets: it moves on a sphere, drawn by gravity and by point poles below.

m r'' = F - lambda r with |r| = L: lambda = (m v^2 + F r) / L^2 keeps it on the sphere (Lagrange's equations of the
first kind). F = m g down + sum s_k d_k / |d_k|^3 - c v - drag, d_k from the bob to pole k.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import cos, fsum, radians, sin, sqrt
from typing import TYPE_CHECKING

from harmonic_physics.engine.formulas.graph import Expression, Graph, function, root, total
from harmonic_physics.engine.pendulum.chain import CREEP
from harmonic_physics.engine.smooth.problem import Problem, Shown, Watch

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.pendulum import PendulumSpec

Vector = list[Expression]


def dot(a: Vector, b: Vector) -> Expression:
    """a . b"""
    return total([p * q for p, q in zip(a, b, strict=True)], a[0].graph)


def poles(spec: PendulumSpec) -> list[tuple[float, float, float]]:
    """Where the poles are: a gap below the lowest point of the bob."""
    low = -(spec.bobs[0].length + spec.gap)
    return [(magnet.position[0], magnet.position[1], low) for magnet in spec.magnets]


def problem(spec: PendulumSpec) -> Problem:
    """The bob's equations."""
    graph = Graph()
    r = [graph.state(f"place {k}") for k in range(3)]
    v = [graph.state(f"velocity {k}") for k in range(3)]
    work = graph.state("work")
    length, mass, weight = graph.parameter("length 0"), graph.parameter("mass 0"), graph.parameter("weight 0")
    gravity, damping, area = graph.parameter("gravity"), graph.parameter("damping"), graph.parameter("area 0")
    away = [[graph.number(p) - x for p, x in zip(pole, r, strict=True)] for pole in poles(spec)]
    squares = [dot(d, d) for d in away]
    distances = [root(square) for square in squares]
    strengths = [graph.number(magnet.strength) for magnet in spec.magnets]
    pulls = [s / (q * d) for s, q, d in zip(strengths, squares, distances, strict=True)]
    force = [total([pull * d[k] for pull, d in zip(pulls, away, strict=True)], graph) for k in range(3)]
    force[2] = force[2] - gravity * weight
    square = dot(v, v)
    loss = damping + area * root(square + CREEP**2)
    holding = (mass * square + dot(force, r)) / (length * length)
    rates = [*v, *((force[k] - loss * v[k] - holding * r[k]) / mass for k in range(3)), -(loss * square)]
    potential = gravity * weight * r[2] - total([s / d for s, d in zip(strengths, distances, strict=True)], graph)
    energy = 0.5 * mass * square + potential
    fixed = [graph.number(c) for pole in poles(spec) for c in pole]
    rows = 1 + len(spec.magnets)
    zeros = [graph.number(0.0)] * (rows - 1)
    shown = {
        "angle": Shown([function("atan2", root(r[0] * r[0] + r[1] * r[1]), -r[2]), *zeros], (rows,)),
        "position": Shown([*r, *fixed], (rows, 3)),
        "speed": Shown([root(square), *zeros], (rows,)),
        "distance": Shown([graph.number(0.0), *distances], (rows,)),
        "energy": Shown([energy]),
    }
    watches = _watches(graph, r, v, squares, pulls, distances, energy)
    return Problem(graph, rates, shown, {"energy": energy - work}, watches, [1.0] * 6 + [0.0])


def start(spec: PendulumSpec) -> list[float]:
    """The bob drawn aside by `angle`, towards `azimuth`, and let go with its angular velocity across."""
    bob = spec.bobs[0]
    a, z, turn = radians(bob.angle), radians(spec.azimuth), radians(bob.angular_velocity)
    place = [bob.length * sin(a) * cos(z), bob.length * sin(a) * sin(z), -bob.length * cos(a)]
    return [*place, -turn * place[1], turn * place[0], 0.0, 0.0]


def _watches(
    graph: Graph, r: Vector, v: Vector, squares: Vector, pulls: Vector, distances: Vector, energy: Expression
) -> list[Watch]:
    place, found = tuple(r), list[Watch]()
    bound = energy - graph.parameter("pass")
    for k, (square, pull, distance) in enumerate(zip(squares, pulls, distances, strict=True)):
        others = [q - square for j, q in enumerate(squares) if j != k]
        nearest = graph.number(1.0)
        for other in others:
            nearest = function("min", nearest, other)
        found.append(
            Watch("close_approach", square, True, 1, strength=pull * distance, body_a=0, body_b=1 + k, position=place)
        )
        found.append(Watch("arrival", bound, False, -1, nearest, root(dot(v, v)), 0.0, 0, 1 + k, place))
    found.append(
        Watch("turning_point", dot(r[:2], r[:2]), True, -1, strength=root(dot(r[:2], r[:2])), body_a=0, position=place)
    )
    return found


def lowest_pass(spec: PendulumSpec, gravity: float, weight: float) -> float:
    """The energy of the lowest pass between two magnets' wells: below it the bob has arrived for good.

    From the highest place of the straight way between two wells, Newton's method to where the slope is zero.
    """
    length, places = spec.bobs[0].length, poles(spec)

    def potential(x: float, y: float) -> float:
        z = -sqrt(max(length * length - x * x - y * y, 0.0))
        pulls = [
            m.strength / sqrt((x - p[0]) ** 2 + (y - p[1]) ** 2 + (z - p[2]) ** 2)
            for m, p in zip(spec.magnets, places, strict=True)
        ]
        return gravity * weight * z - fsum(pulls)

    lowest = float("inf")
    for one, other in combinations(places, 2):
        ways = [k / 64 for k in range(65)]
        x, y = max(
            ((one[0] + w * (other[0] - one[0]), one[1] + w * (other[1] - one[1])) for w in ways),
            key=lambda place: potential(*place),
        )
        lowest = min(lowest, _stationary(potential, x, y, 1e-4 * length))
    return lowest if lowest < float("inf") else -1e300


def _stationary(potential: Callable[[float, float], float], x: float, y: float, h: float) -> float:
    """The potential at the stationary point next to (x, y); at (x, y) itself if there is none close by."""
    first = potential(x, y)
    for _ in range(30):
        c, e, w, n, s = (
            potential(x, y),
            potential(x + h, y),
            potential(x - h, y),
            potential(x, y + h),
            potential(x, y - h),
        )
        mixed = potential(x + h, y + h) - potential(x + h, y - h) - potential(x - h, y + h) + potential(x - h, y - h)
        gx, gy = (e - w) / (2 * h), (n - s) / (2 * h)
        xx, yy, xy = (e - 2 * c + w) / h**2, (n - 2 * c + s) / h**2, mixed / (4 * h * h)
        determinant = xx * yy - xy * xy
        if determinant >= 0.0:
            return first
        dx, dy = (gx * yy - gy * xy) / determinant, (gy * xx - gx * xy) / determinant
        x, y = x - dx, y - dy
        if abs(dx) + abs(dy) < 1e-9 * h:
            break
    return potential(x, y)
