r"""Oscillators with a swing: Van der Pol's, Duffing's, and metronomes on a plank that is free to move.

Van der Pol: x'' = mu w (1 - x^2) x' - w^2 x. Duffing: x'' = -d x' - w^2 (a x + b x^3). Both: + sum K_ij (x_j - x_i) +
A sin(drive). Metronomes (J. Pantaleone, Am. J. Phys. 70 (2002) 992-1000): x'' = -w^2 sin x - mu w ((x / x0)^2 - 1) x' +
b cos x S'', with S = sum sin x_j: the plank moves against them; S'' is eliminated.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import tau
from typing import TYPE_CHECKING

from harmonic_physics.engine.formulas.graph import Expression, Graph, cosine, function, root, sine, total
from harmonic_physics.engine.smooth.problem import Problem, Shown, Watch

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.oscillators import OscillatorsSpec

Row = list[Expression]
Edges = list[tuple[int, int, float]]
WIDTH = 0.39
"""Half the width of a metronome's swing at which its escapement neither gives nor takes [rad] (Pantaleone 2002)."""


def problem(spec: OscillatorsSpec, edges: Edges) -> Problem:
    """The equations of the chosen model."""
    graph = Graph()
    x = [graph.state(f"place {i}") for i in range(spec.count)]
    v = [graph.state(f"speed {i}") for i in range(spec.count)]
    phase, work = graph.state("drive phase"), graph.state("work")
    w = [graph.parameter(f"rate {i}") for i in range(spec.count)]
    kicks, power, stored = graph.number(0.0), graph.number(0.0), graph.number(0.0)
    if spec.model == "metronomes":
        forces = _metronomes(graph, x, v, w)
    else:
        inner = _van_der_pol(graph, x, v, w) if spec.model == "van_der_pol" else _duffing(graph, x, v, w)
        pulls, stored = _springs(graph, x, edges, spec.network == "all")
        kicks = graph.parameter("drive") * sine(phase)
        forces = [keep + loss + pull + kicks for (keep, loss), pull in zip(inner, pulls, strict=True)]
        power = total([(loss + kicks) * u for (_, loss), u in zip(inner, v, strict=True)], graph)
        stored = stored + total(
            [_potential(spec, graph, q, r) + 0.5 * u * u for q, u, r in zip(x, v, w, strict=True)], graph
        )
    rates = [*v, *forces, graph.parameter("drive rate"), power]
    across, along = _pointers(x, v, w)
    mean_x, mean_y = total(across, graph) / spec.count, total(along, graph) / spec.count
    shown = _shown(graph, x, v, across, along, mean_x, mean_y)
    conserved = {} if spec.model == "metronomes" else {"energy": stored - work}
    weights = [1.0] * (2 * spec.count) + [0.0, 0.0]
    return Problem(graph, rates, shown, conserved, _watches(spec, x, v, forces, mean_x, mean_y), weights)


def _van_der_pol(graph: Graph, x: Row, v: Row, w: Row) -> list[tuple[Expression, Expression]]:
    mu = graph.parameter("nonlinearity")
    return [(-(r * r) * q, mu * r * (1.0 - q * q) * u) for q, u, r in zip(x, v, w, strict=True)]


def _duffing(graph: Graph, x: Row, v: Row, w: Row) -> list[tuple[Expression, Expression]]:
    a, b, d = graph.parameter("stiffness"), graph.parameter("nonlinearity"), graph.parameter("damping")
    return [(-(r * r) * (a * q + b * q * q * q), -(d * u)) for q, u, r in zip(x, v, w, strict=True)]


def _potential(spec: OscillatorsSpec, graph: Graph, q: Expression, r: Expression) -> Expression:
    if spec.model == "van_der_pol":
        return 0.5 * r * r * (q * q)
    a, b = graph.parameter("stiffness"), graph.parameter("nonlinearity")
    return r * r * (0.5 * a * (q * q) + 0.25 * b * (q * q * (q * q)))


def _springs(graph: Graph, x: Row, edges: Edges, everyone: bool) -> tuple[Row, Expression]:
    """Pulls of the coupling, and the energy stored in it; everyone with everyone through the mean, at O(N)."""
    k, n = graph.parameter("coupling"), len(x)
    if everyone:
        mean = total(x, graph) / n
        return [k * (mean - q) for q in x], 0.5 * k * total([(q - mean) * (q - mean) for q in x], graph)
    pulls = [graph.number(0.0)] * n
    stored = graph.number(0.0)
    for a, b, weight in edges:
        pull = (k * weight) * (x[b] - x[a])
        pulls[a], pulls[b] = pulls[a] + pull, pulls[b] - pull
        stored = stored + 0.5 * pull * (x[b] - x[a])
    return pulls, stored


def _metronomes(graph: Graph, x: Row, v: Row, w: Row) -> Row:
    mu, plank = graph.parameter("nonlinearity"), graph.parameter("coupling")
    free = []
    for q, u, r in zip(x, v, w, strict=True):
        swing = q / WIDTH
        free.append(-(r * r) * sine(q) - mu * r * (swing * swing - 1.0) * u)
    turning = [cosine(q) * f - sine(q) * (u * u) for q, u, f in zip(x, v, free, strict=True)]
    hold = 1.0 - plank * total([cosine(q) * cosine(q) for q in x], graph)
    push = plank * total(turning, graph) / hold
    return [f + push * cosine(q) for q, f in zip(x, free, strict=True)]


def _pointers(x: Row, v: Row, w: Row) -> tuple[Row, Row]:
    """Where each stands in its own swing, as a unit vector (x, -v / w)."""
    across, along = [], []
    for q, u, r in zip(x, v, w, strict=True):
        lean = -(u / r)
        size = root(q * q + lean * lean + 1e-30)
        across.append(q / size)
        along.append(lean / size)
    return across, along


def _shown(
    graph: Graph, x: Row, v: Row, across: Row, along: Row, mean_x: Expression, mean_y: Expression
) -> dict[str, Shown]:
    n, zero = len(x), graph.number(0.0)
    return {
        "displacement": Shown(x, (n,)),
        "velocity": Shown(v, (n,)),
        "phase": Shown([function("atan2", b, a) for a, b in zip(across, along, strict=True)], (n,)),
        "position": Shown([c for q, u in zip(x, v, strict=True) for c in (q, u, zero)], (n, 3)),
        "order": Shown([root(mean_x * mean_x + mean_y * mean_y)]),
        "order_angle": Shown([function("atan2", mean_y, mean_x + 1e-300)]),
    }


def _watches(spec: OscillatorsSpec, x: Row, v: Row, forces: Row, mean_x: Expression, mean_y: Expression) -> list[Watch]:
    found = []
    shown = spec.shown_indices() if spec.beats else []
    for i in shown:
        place = (x[i], v[i])
        found.append(Watch("zero_crossing", x[i], False, 1, None, v[i], 1e-9, i, -1, place))
        if spec.model != "metronomes":
            found.append(Watch("turning_point", v[i], False, -1, None, x[i], 1e-9, i, -1, place))
    if spec.count > 1:
        level = mean_x * mean_x + mean_y * mean_y - spec.synchrony_threshold**2
        strength = root(mean_x * mean_x + mean_y * mean_y)
        found.append(Watch("synchrony", level, False, 1, None, strength))
        found.append(Watch("threshold", level, False, -1, None, strength))
    return found


def constants(spec: OscillatorsSpec, values: Mapping[str, float], frequencies: list[float]) -> dict[str, float]:
    """Every parameter of the equations."""
    names = ("coupling", "nonlinearity", "stiffness", "damping", "drive")
    found = {name: values[name] for name in names} | {"drive rate": tau * values["drive_frequency"]}
    return found | {f"rate {i}": tau * f for i, f in enumerate(frequencies)}


def start(spec: OscillatorsSpec, shares: list[float], frequencies: list[float]) -> list[float]:
    """Each at the same swing, at its own share of it (0..1, spread by the spec)."""
    places = [spec.amplitude * _triangle(spec.start_spread * share) for share in shares]
    speeds = [
        -tau * f * spec.amplitude * _triangle(spec.start_spread * share - 0.25)
        for share, f in zip(shares, frequencies, strict=True)
    ]
    return [*places, *speeds, 0.0, 0.0]


def _triangle(share: float) -> float:
    """A cosine's stand-in of straight lines: a start needs no more, and it has the same bits everywhere."""
    share -= int(share) if share >= 0 else int(share) - 1
    return 1.0 - 4.0 * share if share < 0.5 else 4.0 * share - 3.0
