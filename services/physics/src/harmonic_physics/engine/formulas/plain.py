"""A graph worked out by Python alone, roughly how fast it changes, and so how long a step will be: for estimates.

Results are never made of it: the tape's own arithmetic does that.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from harmonic_physics.engine.formulas.graph import Expression, Graph

NAN = math.nan
_ONE: dict[str, Callable[[float], float]] = {
    "neg": lambda x: -x,
    "abs": abs,
    "sign": lambda x: math.copysign(1.0, x) if x else 0.0,
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "sinh", "cosh", "tanh")},
    **{name: getattr(math, name) for name in ("asin", "acos", "atan")},
}
_TWO: dict[str, Callable[[float, float], float]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": math.pow,
    "atan2": math.atan2,
    "min": min,
    "max": max,
}
WORK = 40_000
"""Operations that an estimate may cost."""


def values(
    graph: Graph, wanted: Sequence[Expression], states: Sequence[float], parameters: Mapping[str, float]
) -> list[float]:
    """The wanted expressions at a state; NaN for what has no value."""
    found: list[float] = []
    for node in graph.nodes[: max(w.index for w in wanted) + 1]:
        if node.op == "number":
            found.append(node.value)
        elif node.op == "parameter":
            found.append(parameters[node.name])
        elif node.op == "state":
            found.append(states[node.a])
        else:
            found.append(_operation(node.op, found[node.a], found[node.b] if node.b >= 0 else None))
    return [found[w.index] for w in wanted]


def _operation(op: str, x: float, y: float | None) -> float:
    try:
        return _ONE[op](x) if y is None else _TWO[op](x, y)
    except (ValueError, OverflowError, ZeroDivisionError):
        return NAN


def _sum_of_squares(values: Sequence[float]) -> float:
    try:
        return math.fsum(v * v for v in values)
    except (OverflowError, ValueError):  # beyond all numbers
        return math.inf


def quickness(
    graph: Graph, rates: Sequence[Expression], start: Sequence[float], parameters: Mapping[str, float]
) -> float:
    """How fast the rates themselves turn, |f(x + e f) - f(x)| / |e f|, on average along a rough path from the start."""
    x, seen = list(start)[: len(rates)], list[float]()
    rest = list(start)[len(rates) :]
    for _ in range(max(1, min(40, WORK // (2 * len(graph.nodes) + 1)))):
        f = values(graph, rates, x + rest, parameters)
        size = math.sqrt(_sum_of_squares(f))
        if not 0.0 < size < math.inf:
            break
        step = 1e-6 * max(1e-3, math.sqrt(_sum_of_squares(x))) / size
        nudged = [a + step * b for a, b in zip(x, f, strict=True)]
        there = values(graph, rates, nudged + rest, parameters)
        turn = math.sqrt(_sum_of_squares([a - b for a, b in zip(there, f, strict=True)])) / (step * size)
        if not 0.0 < turn < math.inf:
            break
        seen.append(turn)
        x = [a + 0.3 / turn * b for a, b in zip(x, there, strict=True)]
    return math.fsum(seen) / len(seen) if seen else 1.0
