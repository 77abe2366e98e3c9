"""From an attractor's spec to its problem: every formula is parsed here, for the check as well as for the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonic_physics.engine.attractor.models import LETTERS
from harmonic_physics.engine.formulas.derivative import gradient
from harmonic_physics.engine.formulas.graph import Expression, Graph, TooBig, root, total
from harmonic_physics.engine.formulas.parser import parse
from harmonic_physics.engine.formulas.tokens import FormulaError
from harmonic_physics.engine.smooth.problem import Problem, Shown, Watch
from harmonic_physics.engine.smooth.tangent import tangent_flow, unit_vectors

if TYPE_CHECKING:
    from harmonic_physics.engine.systems.attractor import AttractorSpec

MAX_OPERATIONS = 20_000
DIRECTIONS = {"up": 1, "down": -1, "both": 0}


@dataclass
class Copy:
    """One of the copies that start close together."""

    states: list[Expression]
    rates: list[Expression]
    names: dict[str, Expression]


def problem(spec: AttractorSpec) -> Problem:
    """The equations, what is shown and what is watched. Raises ValueError that says which formula, where and why."""
    try:
        return _problem(spec)
    except OverflowError:
        raise ValueError("a number in the derivatives of the formulas becomes infinite: use smaller numbers") from None


def _problem(spec: AttractorSpec) -> Problem:
    graph = Graph()
    letters = {name: graph.parameter(name) for name in (*LETTERS, *spec.constants)}
    copies = [_states(graph, spec, letters) for _ in range(spec.copies)]
    time = graph.state("t")
    for copy in copies:
        copy.names["t"] = time
        copy.rates = [_parsed(f"the rate of {name}", text, copy) for name, text in spec.all_rates().items()]
    rates = [rate for copy in copies for rate in copy.rates] + [graph.number(1.0)]
    weights = [1.0] * (len(rates) - 1) + [0.0]
    tangents = (0, 0)
    if spec.lyapunov:
        size = len(copies[0].states)
        tangents = (len(rates), size)
        rates += tangent_flow(graph, copies[0].states, copies[0].rates)
        weights += [0.0] * size**2  # linear: they have the radius of convergence of the motion itself
    watches = [watch for index, copy in enumerate(copies) for watch in _watches(spec, index, copy, time)]
    found = Problem(graph, rates, _shown(graph, copies), _conserved(spec, copies[0]), watches, weights, tangents)
    if len(graph.nodes) > MAX_OPERATIONS:
        raise ValueError(f"the formulas have {len(graph.nodes)} operations; at most {MAX_OPERATIONS} are allowed")
    return found


def start(spec: AttractorSpec, offsets: list[list[float]]) -> list[float]:
    """The state at time 0; offsets (copies, variables)."""
    own = spec.all_starts()
    values = [value + shift for row in offsets for value, shift in zip(own, row, strict=True)]
    return [*values, 0.0, *(unit_vectors(len(own)) if spec.lyapunov else [])]


def _states(graph: Graph, spec: AttractorSpec, letters: dict[str, Expression]) -> Copy:
    states = {name: graph.state(name) for name in spec.all_rates()}
    return Copy(list(states.values()), [], letters | states)


def _parsed(what: str, text: str, copy: Copy) -> Expression:
    try:
        return parse(text, copy.states[0].graph, copy.names)
    except FormulaError as error:
        raise ValueError(f"{what}, {error}") from None


def _speed(of: Expression, copy: Copy, time: Expression) -> Expression:
    """d/dt of an expression along the motion."""
    try:
        *slopes, own = gradient(of, [*copy.states, time])
    except (OverflowError, TooBig):
        raise ValueError("an event's formula has no usable derivative: use smaller numbers, or a simpler one") from None
    return total([s * rate for s, rate in zip(slopes, copy.rates, strict=True)], of.graph) + own


def _watches(spec: AttractorSpec, index: int, copy: Copy, time: Expression) -> list[Watch]:
    place = tuple(copy.states[:3])
    found: list[Watch] = []

    def crossing(kind: str, text: str, direction: int) -> Watch:
        of = _parsed("a section", text, copy)
        return Watch(kind, of, direction=direction, strength=_speed(of, copy, time), body_a=index, position=place)

    if spec.all_lobes():
        found.append(crossing("lobe_change", spec.all_lobes(), 0))
    found += [crossing("zero_crossing", s.formula, DIRECTIONS[s.direction]) for s in spec.all_sections()]
    for extremum in spec.all_extrema():
        of = _parsed("an extremum", extremum.formula, copy)
        turn = {"maxima": -1, "minima": 1, "both": 0}[extremum.which]
        found.append(Watch("extremum", of, True, turn, strength=of, least=0.0, body_a=index, position=place))
    return found


def _shown(graph: Graph, copies: list[Copy]) -> dict[str, Shown]:
    n, size = len(copies), len(copies[0].states)
    zero = graph.number(0.0)
    places = [e for c in copies for e in [*c.states, zero, zero][:3]]
    speeds = [root(total([r * r for r in c.rates], graph)) for c in copies]
    first = copies[0].states
    away = [root(total([(p - q) * (p - q) for p, q in zip(c.states, first, strict=True)], graph)) for c in copies]
    shown = {
        "position": Shown(places, (n, 3)),
        "speed": Shown(speeds, (n,)),
        "separation": Shown(away, (n,)),
    }
    if size > 3:
        shown["variables"] = Shown([e for c in copies for e in c.states], (n, size))
    return shown


def _conserved(spec: AttractorSpec, copy: Copy) -> dict[str, Expression]:
    text = spec.all_conserved()
    return {"first_integral": _parsed("the conserved quantity", text, copy)} if text else {}
