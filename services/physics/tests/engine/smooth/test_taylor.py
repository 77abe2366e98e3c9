"""The Taylor method: its functions, its roots, its order, its dense output and its branches, against closed forms."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numba import njit

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.formulas.graph import Graph, function
from harmonic_physics.engine.formulas.parser import FUNCTIONS, parse
from harmonic_physics.engine.formulas.tape import compiled
from harmonic_physics.engine.integrators.taylor import TAYLOR_22
from harmonic_physics.engine.kernels.roots import roots
from harmonic_physics.engine.kernels.series import expand, settle
from harmonic_physics.engine.simulate import Result, simulate

every_root = njit(lambda p, found: roots(p, found))
whole_series = njit(lambda s, tape, rates: expand(s, tape, rates, 1.0))


def series(text: str, start: float, order: int) -> np.ndarray:
    """Coefficients of the solution of x' = text from `start`."""
    graph = Graph()
    x = graph.state("x")
    rate = parse(text, graph, {"x": x})
    tape = compiled(graph, [rate])
    table = np.zeros((tape.registers, order + 1))
    for register, value in tape.numbers:
        table[register, 0] = value
    settle(table, np.array(tape.prologue, np.int64).reshape(-1, 5))
    table[0, 0] = start
    whole_series(table, np.array(tape.body, np.int64).reshape(-1, 5), np.array([tape.of(rate)]))
    return table[0]


def custom(variables: dict[str, tuple[str, float]], duration: float, interval: float, **spec: object) -> Result:
    """A system of formulas, simulated."""
    rows = [{"name": name, "rate": rate, "start": start} for name, (rate, start) in variables.items()]
    head = {"model": "custom", "variables": rows, "duration": duration, "frame_interval": interval}
    return simulate(check("attractor", head | spec, {}))


@pytest.mark.parametrize(
    ("name", "exact", "low", "high", "ulps"),
    [
        ("sin", np.sin, -1e4, 1e4, 2.0), ("cos", np.cos, -1e4, 1e4, 2.0), ("exp", np.exp, -700.0, 700.0, 2.0),
        ("log", np.log, 1e-300, 1e3, 2.0), ("tan", np.tan, -1.5, 1.5, 4.0), ("tanh", np.tanh, -20.0, 20.0, 4.0),
        ("sinh", np.sinh, -20.0, 20.0, 4.0), ("cosh", np.cosh, -20.0, 20.0, 4.0), ("atan", np.arctan, -50.0, 50.0, 4.0),
        ("asin", np.arcsin, -1.0, 1.0, 4.0), ("sqrt", np.sqrt, 0.0, 1e6, 0.51),
    ],
)  # fmt: skip
def test_own_functions_are_exact_to_the_last_places(
    name: str, exact: Callable[[np.ndarray], np.ndarray], low: float, high: float, ulps: float
) -> None:
    """Against 80-bit arithmetic at four thousand places: within the declared units in the last place."""
    chance = np.random.default_rng(1)
    places = np.concatenate([chance.uniform(low, high, 2000), chance.uniform(low, high, 2000) * 1e-3])
    places = places[(places >= low) & (places <= high)]
    graph = Graph()
    tape = compiled(graph, [function(name, graph.state("x"))])
    table = np.zeros((tape.registers, 1))
    register = max(tape.register.values())
    worst = 0.0
    for x in places:
        table[0, 0] = x
        settle(table, np.array(tape.body, np.int64))
        true = exact(np.longdouble(x))
        worst = max(worst, float(abs(np.longdouble(table[register, 0]) - true)) / np.spacing(abs(float(true)) + 1e-300))
    assert worst <= ulps


@pytest.mark.parametrize("text", [f"0.3*{n}(0.5*x)" for n, (a, _) in sorted(FUNCTIONS.items()) if a == 1] + [
    "atan2(x, 1 + x^2)", "x^2.5", "x^-2", "x^x", "min(x, 2 - x)", "max(x^2, x/2)", "1/(1 + x)", "x^7", "2*x",
])  # fmt: skip
def test_every_recurrence_gives_the_series_of_its_function(text: str) -> None:
    """The series at 0.02 equals a Runge-Kutta solution in small steps to 1e-11, for every operation of the tape."""
    coefficients = series(text, 0.8, 12)
    graph = Graph()
    x = graph.state("x")
    rate = parse(text, graph, {"x": x})
    from harmonic_physics.engine.formulas.plain import values

    def f(at: float) -> float:
        return values(graph, [rate], [at], {})[0]

    at, h = 0.8, 0.02 / 8
    for _ in range(8):
        k1 = f(at)
        k2 = f(at + h / 2 * k1)
        k3 = f(at + h / 2 * k2)
        at += h / 6 * (k1 + 2 * k2 + 2 * k3 + f(at + h * k3))
    assert np.polynomial.polynomial.polyval(0.02, coefficients) == pytest.approx(at, abs=1e-11)


@pytest.mark.parametrize("order", [4, 8, 14, TAYLOR_22.order])
def test_the_measured_order_is_the_declared_one(order: int) -> None:
    """The error of one step of x' = x grows as h^(order + 1), within a tenth of an order."""
    coefficients = series("x", 1.0, order)
    h = {4: 0.05, 8: 0.3, 14: 1.2, 22: 3.2}[order]
    errors = [abs(float(np.polynomial.polynomial.polyval(np.longdouble(t), coefficients) - np.exp(np.longdouble(t))))
              for t in (h, 1.05 * h)]  # fmt: skip
    assert math.log(errors[1] / errors[0]) / math.log(1.05) == pytest.approx(order + 1, abs=0.2)


def test_every_root_of_a_polynomial_is_found() -> None:
    """Random products of factors: all simple roots in (0, 1), in order, to 1e-9 (their condition), and no others."""
    chance, found = np.random.default_rng(3), np.zeros(64)
    for _ in range(200):
        inside = np.sort(chance.uniform(0.02, 0.98, chance.integers(0, 6)))
        if len(inside) > 1 and np.diff(inside).min() < 0.05:
            continue
        outside = np.concatenate([chance.uniform(1.1, 3, 3), chance.uniform(-3, -0.1, 3)])
        p = np.zeros(23)
        p[: len(inside) + 7] = np.polynomial.polynomial.polyfromroots([*inside, *outside])
        count = every_root(p, found)
        assert found[:count] == pytest.approx(inside, abs=1e-9)


def test_no_root_is_seen_twice_or_missed_in_a_long_run() -> None:
    """A hundred thousand turns of a clock: zeros of sin are told once each, at k pi, to 1e-11."""
    result = custom({"x": ("y", 0.0), "y": ("-x", 1.0)}, 6000.0, 2.0, sections=[{"formula": "x", "direction": "both"}])
    expected = np.pi * np.arange(1, int(6000 / np.pi) + 1)
    assert len(result.events.time) == len(expected)
    assert np.abs(result.events.time - expected).max() < 1e-11 * 6000


def test_frames_never_shorten_a_step() -> None:
    """Read a hundred times as densely: the same number of steps, the same bits at common frames, 1e-13 between."""
    system: dict[str, tuple[str, float]] = {"x": ("y", 1.0), "y": ("-x", 0.0)}
    coarse, dense = custom(system, 20.0, 1.0), custom(system, 20.0, 0.0078125)
    assert coarse.header.certificate.steps == dense.header.certificate.steps
    assert (coarse.arrays["position"] == dense.arrays["position"][::128]).all()
    assert np.abs(dense.arrays["position"][:, 0, 0] - np.cos(dense.time)).max() < 1e-13


def test_a_branch_is_crossed_at_its_exact_time() -> None:
    """x'' = -sign(x) from x = 1/2 at rest: parabolas of period 4, to 1e-10 after twenty-five of them."""
    result = custom({"x": ("v", 0.5), "v": ("-sign(x)", 0.0)}, 100.0, 0.5, extrema=[{"formula": "x"}])
    assert result.arrays["position"][::8, 0, 0] == pytest.approx(0.5, abs=1e-10)
    assert result.events.time == pytest.approx(4.0 * np.arange(1, 25), abs=1e-9)


def test_every_way_out_of_the_domain_is_told() -> None:
    """A blow-up, a root of a negative number and a chattering switch stop with the time and the reason."""
    from harmonic_physics.engine.run import Stopped

    with pytest.raises(Stopped, match=r"t = 0\.99999.*too short|no longer finite") as stop:
        custom({"x": ("x^2", 1.0)}, 5.0, 0.1)
    assert stop.value.time == pytest.approx(1.0, abs=1e-6)
    with pytest.raises(Stopped, match="no longer finite"):
        custom({"x": ("-sqrt(x) - 1", 1.0)}, 5.0, 0.1)
    with pytest.raises(Stopped, match="chatters"):
        custom({"x": ("-sign(x) + 0.1*sin(t)", 0.5)}, 5.0, 0.1)
