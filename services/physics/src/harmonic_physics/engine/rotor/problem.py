r"""Euler's equations in the body's own axes, with a quaternion for the way it stands.

L' = L x w + t, w_i = L_i / I_i; q' = q (0, w) / 2; t = m g l (u_2, -u_1, 0) - c w with u = up, seen from the body.
Impulse and work of all torques are variables too, so that what should be kept is kept with losses as well.
(L. D. Landau and E. M. Lifshitz, Mechanics, sections 35 to 37.)
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, radians, sin, sqrt
from typing import TYPE_CHECKING

from harmonic_physics.engine.formulas.graph import Expression, Graph, function, root, total
from harmonic_physics.engine.smooth.problem import Problem, Shown, Watch

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.rotor import RotorSpec

Vector = list[Expression]


def cross(a: Vector, b: Vector) -> Vector:
    """a x b"""
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def rotation(q: Vector) -> list[Vector]:
    """The matrix from the body's axes to those of space, for any length of q."""
    w, x, y, z = q
    size = w * w + x * x + y * y + z * z
    rows = [
        [w * w + x * x - y * y - z * z, 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
        [2.0 * (x * y + w * z), w * w - x * x + y * y - z * z, 2.0 * (y * z - w * x)],
        [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), w * w - x * x - y * y + z * z],
    ]
    return [[entry / size for entry in row] for row in rows]


def turned(matrix: list[Vector], vector: Vector) -> Vector:
    """matrix vector"""
    return [total([m * v for m, v in zip(row, vector, strict=True)], vector[0].graph) for row in matrix]


def spinning(q: Vector, w: Vector) -> Vector:
    """q (0, w) / 2"""
    a, b, c, d = q
    return [
        -0.5 * (b * w[0] + c * w[1] + d * w[2]),
        0.5 * (a * w[0] + c * w[2] - d * w[1]),
        0.5 * (a * w[1] + d * w[0] - b * w[2]),
        0.5 * (a * w[2] + b * w[1] - c * w[0]),
    ]


def problem(spec: RotorSpec) -> Problem:
    """The body's equations."""
    graph = Graph()
    momentum = [graph.state(f"momentum {k}") for k in range(3)]
    q = [graph.state(f"quaternion {k}") for k in range(4)]
    impulse = [graph.state(f"impulse {k}") for k in range(3)]
    work = graph.state("work")
    speed = [momentum[k] / graph.parameter(f"moment {k}") for k in range(3)]
    weight, damping = graph.parameter("weight"), graph.parameter("damping")  # weight: m g l
    matrix = rotation(q)
    up = matrix[2]
    pull = [weight * up[1], -(weight * up[0]), graph.number(0.0)]
    drag = [-(damping * w) for w in speed]
    torque = [p + d for p, d in zip(pull, drag, strict=True)]
    turn = cross(momentum, speed)
    loss = total([d * w for d, w in zip(drag, speed, strict=True)], graph)
    rates = [*(a + b for a, b in zip(turn, torque, strict=True)), *spinning(q, speed), *turned(matrix, torque), loss]
    energy = 0.5 * total([p * w for p, w in zip(momentum, speed, strict=True)], graph) + weight * up[2]
    outside = turned(matrix, momentum)
    size = root(total([c * c for c in q], graph))
    tip = [row[2] for row in matrix]
    tilt = function("atan2", root(tip[0] * tip[0] + tip[1] * tip[1]), tip[2])
    shown = {
        "position": Shown(tip, (1, 3)),
        "angular_velocity": Shown(speed, (3,)),
        "orientation": Shown([c / size for c in q], (4,)),
        "angular_momentum": Shown(outside, (3,)),
        "tilt": Shown([tilt]),
        "energy": Shown([energy]),
    }
    kept = {f"angular_momentum_{'xyz'[k]}": outside[k] - impulse[k] for k in range(3)} | {"energy": energy - work}
    watches = _watches(spec, speed, [a / graph.parameter(f"moment {k}") for k, a in enumerate(rates[:3])], matrix, tilt)
    return Problem(graph, rates, shown, kept, watches, [1.0] * 7 + [0.0] * 4)


def _watches(spec: RotorSpec, speed: Vector, change: Vector, matrix: list[Vector], tilt: Expression) -> list[Watch]:
    tip = tuple(row[2] for row in matrix)
    least, middle, largest = sorted(range(3), key=lambda k: spec.moments[k])
    found: list[Watch] = []
    if spec.moments[least] < spec.moments[middle] < spec.moments[largest]:  # a symmetric body has no middle axis
        found.append(Watch("flip", speed[middle], strength=change[middle], body_a=0, position=tip))
        found += [
            Watch("zero_crossing", speed[k], False, 1, None, change[k], 1e-9, 0, -1, tip) for k in (least, largest)
        ]
    found.append(Watch("extremum", matrix[2][2], True, 0, None, tilt, 1e-9, 0, -1, tip))
    across = root(tip[0] * tip[0] + tip[1] * tip[1])
    found.append(Watch("transit", tip[1], False, 1, tip[0], across, 1e-6, 0, -1, tip))
    return found


def start(spec: RotorSpec) -> list[float]:
    """Tilted about the first axis of space; the body's angular velocity in its own axes."""
    half_cosine, half_sine = _half(spec.tilt)
    momentum = [moment * w for moment, w in zip(spec.moments, spec.angular_velocity, strict=True)]
    return [*momentum, half_cosine, half_sine, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def _half(degrees: float) -> tuple[float, float]:
    """cos and sin of half the angle, whatever the library's last bit: rounded to 15 digits and made a unit pair
    again."""
    c, s = round(cos(radians(degrees) / 2), 15), round(sin(radians(degrees) / 2), 15)
    size = sqrt(c * c + s * s)
    return c / size, s / size


def constants(spec: RotorSpec, values: Mapping[str, float]) -> dict[str, float]:
    """Every parameter of the equations."""
    moments = {f"moment {k}": moment for k, moment in enumerate(spec.moments)}
    return moments | {"weight": spec.mass * values["gravity"] * spec.offset, "damping": values["damping"]}
