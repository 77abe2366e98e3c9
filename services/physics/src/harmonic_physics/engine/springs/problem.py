r"""The equations of masses and springs.

`along` and `across`: one displacement u a mass; a spring's stretch is d = u_j - u_i and it pulls with
k (d + alpha d^2 + beta d^3) (E. Fermi, J. Pasta and S. Ulam, Los Alamos report LA-1940, 1955).
`space`: masses move in all directions; d = |r_j - r_i| - rest length, along the spring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import tau
from typing import TYPE_CHECKING

from harmonic_physics.engine.formulas.graph import Expression, Graph, function, root, sine, total
from harmonic_physics.engine.smooth.problem import Problem, Shown, Watch
from harmonic_physics.engine.springs.network import Network, network

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.springs import SpringsSpec

Row = list[Expression]


@dataclass(frozen=True)
class Shape:
    """A normal mode: its square frequency and how far each free coordinate goes, for unit modal mass."""

    square: float
    shape: Sequence[float]


def problem(spec: SpringsSpec, modes: Sequence[Shape] = ()) -> Problem:
    """The equations; with the modes whose energies are to be shown."""
    graph, net = Graph(), network(spec)
    axes = spec.axes
    free = net.free
    place = {i: [graph.state(f"place {i} {k}") for k in range(axes)] for i in free}
    speed = {i: [graph.state(f"speed {i} {k}") for k in range(axes)] for i in free}
    phase, work = graph.state("drive phase"), graph.state("work")
    at = {i: place.get(i) or [graph.number(c) for c in rest(spec, net, i)] for i in range(len(net.names))}
    moving = {i: speed.get(i) or [graph.number(0.0)] * axes for i in at}
    forces = {i: [graph.number(0.0)] * axes for i in at}
    stored, lost = _pull(spec, net, at, moving, forces)
    power, raised = _outside(spec, net, place, speed, forces, graph.parameter("drive") * sine(phase))
    accelerations = [f / net.masses[i] for i in free for f in forces[i]]
    flat = [u for i in free for u in speed[i]]
    rates = [*flat, *accelerations, graph.parameter("drive rate"), power - lost]
    moved = [0.5 * net.masses[i] * u * u for i in free for u in speed[i]]
    energy = total(moved, graph) + stored + raised
    offsets = [p - r for i in free for p, r in zip(place[i], rest(spec, net, i), strict=True)]
    energies = [_mode_energy(graph, mode, _weights(net, free, axes), offsets, flat) for mode in modes]
    shown = _shown(spec, graph, net, at, moving, energy, energies)
    watches = _watches(spec, net, place, speed, energies)
    return Problem(graph, rates, shown, {"energy": energy - work}, watches, [1.0] * (2 * len(flat)) + [0.0, 0.0])


def rest(spec: SpringsSpec, net: Network, i: int) -> list[float]:
    """A mass's coordinates at rest: its place, or no displacement."""
    return list(net.places[i][: spec.axes]) if spec.motion == "space" else [0.0]


def _weights(net: Network, free: list[int], axes: int) -> list[float]:
    return [net.masses[i] for i in free for _ in range(axes)]


def _pull(
    spec: SpringsSpec, net: Network, at: dict[int, Row], moving: dict[int, Row], forces: dict[int, Row]
) -> tuple[Expression, Expression]:
    """Add every spring's pull; the energy stored in them, and the power that their inner damping takes."""
    graph = at[0][0].graph
    alpha, beta, inner = graph.parameter("alpha"), graph.parameter("beta"), graph.parameter("inner damping")
    stored, lost = graph.number(0.0), graph.number(0.0)
    for spring in net.springs:
        a, b, k = spring.one, spring.other, spring.stiffness
        apart = [q - p for p, q in zip(at[a], at[b], strict=True)]
        passing = [v - u for u, v in zip(moving[a], moving[b], strict=True)]
        if spec.motion == "space":
            length = root(total([c * c for c in apart], graph))
            direction = [c / length for c in apart]
            stretch = length - net.length(spring) * (1.0 - spec.stretch)
            growth = total([c * u for c, u in zip(direction, passing, strict=True)], graph)
        else:
            direction, stretch, growth = [graph.number(1.0)], apart[0], passing[0]
        square = stretch * stretch
        rub = inner * k * growth
        pull = k * (stretch + alpha * square + beta * (square * stretch)) + rub
        stored = stored + k * (0.5 * square + alpha / 3.0 * (square * stretch) + 0.25 * beta * (square * square))
        lost = lost + rub * growth
        for axis, part in enumerate(direction):
            forces[a][axis] = forces[a][axis] + pull * part
            forces[b][axis] = forces[b][axis] - pull * part
    return stored, lost


def _outside(
    spec: SpringsSpec,
    net: Network,
    place: dict[int, Row],
    speed: dict[int, Row],
    forces: dict[int, Row],
    push: Expression,
) -> tuple[Expression, Expression]:
    """Add gravity, damping and the drive; the power of the last two, and the energy of height."""
    graph = push.graph
    gravity, damping = graph.parameter("gravity"), graph.parameter("damping")
    power, raised = graph.number(0.0), graph.number(0.0)
    driven = spec.driven(net)
    for i, row in place.items():
        weight, last = gravity * net.masses[i], spec.axes - 1
        raised = raised + weight * (row[last] - rest(spec, net, i)[last])
        forces[i][last] = forces[i][last] - weight
        for axis, u in enumerate(speed[i]):
            other = -(damping * net.masses[i] * u)
            if i == driven and axis == last:
                other = other + push
            forces[i][axis] = forces[i][axis] + other
            power = power + other * u
    return power, raised


def _mode_energy(graph: Graph, mode: Shape, masses: list[float], offsets: Row, speeds: Row) -> Expression:
    """(q'^2 + w^2 q^2) / 2, with q the modal coordinate."""
    weights = [m * s for m, s in zip(masses, mode.shape, strict=True)]
    q = total([w * p for w, p in zip(weights, offsets, strict=True) if w != 0.0], graph)
    u = total([w * v for w, v in zip(weights, speeds, strict=True) if w != 0.0], graph)
    return 0.5 * (u * u + mode.square * (q * q))


def _shown(
    spec: SpringsSpec, graph: Graph, net: Network, at: dict[int, Row], moving: dict[int, Row], energy: Expression,
    energies: Row,
) -> dict[str, Shown]:  # fmt: skip
    n, zero = len(net.names), graph.number(0.0)
    where, offset = [], []
    for i, name in enumerate(net.names):
        del name
        if spec.motion == "space":
            where += [*at[i], zero, zero][:3]
            offset.append(at[i][spec.axes - 1] - rest(spec, net, i)[spec.axes - 1])
        else:
            x, y, z = net.places[i]
            moved = at[i][0]
            along = spec.motion == "along"
            where += [x + moved if along else graph.number(x), graph.number(y), graph.number(z) if along else z + moved]
            offset.append(moved)
    speeds = [root(total([u * u for u in moving[i]], graph)) for i in range(n)]
    shown = {
        "displacement": Shown(offset, (n,)),
        "position": Shown(where, (n, 3)),
        "speed": Shown(speeds, (n,)),
        "energy": Shown([energy]),
    }
    if spec.mode_energies:
        filled = [*energies, *[zero] * spec.mode_energies][: spec.mode_energies]
        shown["mode_energy"] = Shown(filled, (spec.mode_energies,))
    return shown


def _watches(
    spec: SpringsSpec, net: Network, place: dict[int, Row], speed: dict[int, Row], energies: Row
) -> list[Watch]:
    found = []
    last = spec.axes - 1
    for i in spec.heard(net):
        away = place[i][last] - rest(spec, net, i)[last]
        found.append(Watch("zero_crossing", away, False, 1, None, speed[i][last], spec.least_speed, i))
    return found + _exchanges(energies)


def _exchanges(energies: Row) -> list[Watch]:
    """The leading mode at its fullest, and one mode overtaking another to lead."""
    found = []
    for k, energy in enumerate(energies):
        lead = energy - _largest([e for j, e in enumerate(energies) if j != k], energy.graph)
        found.append(Watch("extremum", energy, True, -1, lead, energy, 1e-12))
        for j in range(k):
            third = [e for i, e in enumerate(energies) if i not in (j, k)]
            found.append(
                Watch(
                    "resonance", energy - energies[j], False, 0, energy - _largest(third, energy.graph), energy, 1e-12
                )
            )
    return found


def _largest(energies: Row, graph: Graph) -> Expression:
    result = graph.number(0.0)
    for energy in energies:
        result = function("max", result, energy)
    return result


def constants(spec: SpringsSpec, values: Mapping[str, float]) -> dict[str, float]:
    """Every parameter of the equations."""
    names = ("gravity", "damping", "alpha", "beta", "drive")
    found = {name: values[name] for name in names}
    return found | {"inner damping": values["inner_damping"], "drive rate": tau * values["drive_frequency"]}


def start(spec: SpringsSpec, shape: Sequence[float] = (), kicks: Sequence[float] = ()) -> list[float]:
    """At rest but for plucks, a mode's shape (largest displacement 1) and random kicks."""
    net = network(spec)
    free, axes = net.free, spec.axes
    places = [c for i in free for c in rest(spec, net, i)]
    for k, part in enumerate(shape):
        places[k] += spec.start_amplitude * part
    for pluck in spec.plucks:
        k = free.index(net.names.index(pluck.mass)) * axes + (pluck.axis if pluck.axis < axes else axes - 1)
        places[k] += pluck.displacement
    speeds = [spec.kick * kick for kick in kicks] or [0.0] * len(places)
    return [*places, *speeds, 0.0, 0.0]
