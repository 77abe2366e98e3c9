"""Formulas: what is written is what is worked out; what is wrong is refused with its place and a hint; nothing else."""

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonic_physics.engine.formulas.derivative import gradient
from harmonic_physics.engine.formulas.graph import Expression, Graph, TooBig
from harmonic_physics.engine.formulas.parser import FUNCTIONS, MAX_DEPTH, parse
from harmonic_physics.engine.formulas.tape import compiled
from harmonic_physics.engine.formulas.tokens import FormulaError
from harmonic_physics.engine.kernels.series import settle

VALUES = {"x": 0.7, "y": -1.3, "k": 2.5}


def scene() -> tuple[Graph, dict[str, Expression]]:
    """A graph with two variables and a parameter."""
    graph = Graph()
    return graph, {"x": graph.state("x"), "y": graph.state("y"), "k": graph.parameter("k")}


def by_tape(expression: Expression, x: float = 0.7, y: float = -1.3) -> float:
    """The value that the interpreter gives."""
    tape = compiled(expression.graph, [expression])
    table = np.zeros((tape.registers, 1))
    table[:2, 0] = x, y
    for register, value in tape.numbers:
        table[register, 0] = value
    for register, _ in tape.parameters:
        table[register, 0] = VALUES["k"]
    for rows in (tape.prologue, tape.body):
        settle(table, np.array(rows, np.int64).reshape(-1, 5))
    return float(table[tape.of(expression), 0])


def by_python(text: str, x: float = 0.7, y: float = -1.3) -> float:
    """The oracle: Python's own evaluation of the same text (in a test, of texts that the test makes)."""
    known: dict[str, Any] = {name: getattr(math, name) for name in FUNCTIONS if hasattr(math, name)}
    known |= {"abs": abs, "min": min, "max": max, "sign": lambda v: math.copysign(1.0, v) if v else 0.0}
    known |= {"step": lambda v: 0.5 * (1 + (v > 0) - (v < 0)), "clip": lambda v, a, b: min(max(v, a), b)}
    known["atan2"] = lambda v, u: math.atan2(v + 0.0, u + 0.0)  # our zeros have no sign
    known |= {"x": x, "y": y, "k": VALUES["k"], "pi": math.pi, "tau": math.tau, "e": math.e}
    return float(eval(text.replace("^", "**"), {"__builtins__": {}}, known))


@pytest.mark.parametrize(
    "text",
    [
        "1 + 2*3 - 4/5", "-x^2", "2^-1", "2^3^2", "(x + y)*(x - y)", "x*y/k", "-(-x)", "+x - -y", "sin(x)^2 + cos(x)^2",
        "atan2(y, x)", "min(x, y, k)", "max(x, y)", "clip(3*x, -1, 1)", "step(y)", "exp(log(k))", "sqrt(x*x)", "tan(x)",
        "abs(y)*sign(y)", "sinh(x) + cosh(y) - tanh(k)", "asin(x) + acos(x) + atan(y)", "x**0.5", "k^y", "y^3", "y^-2",
        "pi + tau - e", "1e-3*.5", "pow(k, x)", "10 - 3 - 2", "64/4/2", "2*-x", "x^-k", "0*x + 1*y", "x^0", "x^1",
    ],
)  # fmt: skip
def test_a_formula_means_what_python_means(text: str) -> None:
    """Precedence, associativity, signs, powers and every function agree with Python's own reading to 1e-14."""
    graph, names = scene()
    assert by_tape(parse(text, graph, names)) == pytest.approx(by_python(text), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "ends too early"),
        ("x +", 3, "ends too early"),
        ("2x", 1, "multiply by"),
        ("x y", 2, "multiply by"),
        ("foo + 1", 0, "unknown"),
        ("sinn(x)", 0, "did you mean sin"),
        ("sin x", 0, r"write sin\(...\)"),
        ("x(2)", 0, r"write x\*"),
        ("(x + y", 6, r"'\)' is missing"),
        ("x)", 1, "closes nothing"),
        ("sin(x, y)", 0, "takes 1 arguments, not 2"),
        ("x = 3", 2, "right-hand side alone"),
        ("x² + 1", 1, "write"),
        ("__import__('os')", 11, "means nothing"),
        ("eval(x)", 0, "no function"),
        ("x.real", 1, "means nothing"),
        ("1e999", 5, "infinite"),
        ("9^9^9", 5, "ok"),
        ("1e308*10", 8, "infinite"),
        ("x < y", 2, "no comparisons"),
        ("lambda: 1", 6, "means nothing"),
    ],
)
def test_a_wrong_formula_is_refused_with_its_place_and_a_hint(text: str, position: int, words: str) -> None:
    """Each refusal names the character and what to write instead; powers of numbers are left to the run."""
    graph, names = scene()
    if words == "ok":
        assert by_tape(parse(text, graph, names)) == math.inf
        return
    with pytest.raises(FormulaError, match=words) as error:
        parse(text, graph, names)
    assert error.value.position == position


def test_depth_and_length_are_bounded() -> None:
    """Ten thousand parentheses, minus signs or powers are refused at once, not by Python's own stack."""
    for text in (
        "(" * 3000,
        "-" * 3000 + "x",
        "^".join(["x"] * 1500),
        "sin(" * 900 + "x" + ")" * 900,
        "x+" * 9000 + "x",
    ):
        graph, names = scene()
        with pytest.raises(FormulaError):
            parse(text, graph, names)
    graph, names = scene()
    assert by_tape(parse("(" * (MAX_DEPTH - 1) + "x" + ")" * (MAX_DEPTH - 1), graph, names)) == 0.7


def test_a_graph_too_big_is_refused() -> None:
    """The number of operations is bounded, and the refusal says so."""
    _, names = scene()
    grown = names["x"]
    with pytest.raises(TooBig, match="more than"):
        for _ in range(100_000):
            grown = grown + names["y"]


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="xyk0123456789.+-*/^(), esincoqrtabl\t²π\x00;'\"[]{}=<>", max_size=120))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """No text crashes the parser or holds it up; what it accepts has a value."""
    graph, names = scene()
    begun = time.process_time()
    try:
        by_tape(parse(text, graph, names))
    except FormulaError as error:
        assert error.reason and 0 <= error.position <= len(text)
    assert time.process_time() - begun < 0.5


_ARGUMENTS = st.recursive(
    st.sampled_from(["x", "y", "k", "pi", "2", "0.5", "3", "1.25e-1"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"-{t}"),
        st.tuples(st.sampled_from(sorted(n for n, (a, b) in FUNCTIONS.items() if a == 1)), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(st.sampled_from(["min", "max", "atan2"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(_ARGUMENTS, st.floats(-3, 3), st.floats(-3, 3))
def test_random_formulas_agree_with_python(text: str, x: float, y: float) -> None:
    """Whatever Python works out to a finite number, the tape does to 1e-9 (well inside what nesting may amplify)."""
    try:
        expected = by_python(text, x, y)
        near = [by_python(text, x * (1 + s), y * (1 - s)) for s in (1e-14, -1e-14)]
    except (ValueError, ZeroDivisionError, OverflowError, TypeError):
        return
    if not all(math.isfinite(v) and abs(v) < 1e100 for v in (expected, *near)):
        return
    graph, names = scene()
    try:
        found = by_tape(parse(text, graph, names), x, y)
    except FormulaError as error:
        assert "infinite" in error.reason
        return
    if math.isnan(found):  # an angle beyond what the reduction takes
        return
    wobble = max(abs(v - expected) for v in near)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9 + 100 * wobble)


@pytest.mark.parametrize(
    "text",
    [
        "x^3*y - k/x", "sin(x)*cos(y)", "exp(-x*y)", "log(x) + sqrt(x)", "tan(x) + tanh(y)", "atan2(y, x)", "x^y + x^k",
        "sinh(x)*cosh(y)", "asin(x) - acos(x/2) + atan(x*y)", "abs(y)*x", "max(x, y)*min(x*y, k)", "sign(y)*x", "x^-3",
    ],
)  # fmt: skip
def test_derivatives_are_exact(text: str) -> None:
    """The symbolic gradient equals a centred difference of sixth order to 1e-9."""
    graph, names = scene()
    expression = parse(text, graph, names)
    slopes = gradient(expression, [names["x"], names["y"]])
    for index, slope in enumerate(slopes):

        def at(s: float, index: int = index) -> float:
            return by_tape(expression, 0.7 + s * (index == 0), 1.3 + s * (index == 1))

        h = 1e-2
        weights = (45.0, -9.0, 1.0)
        difference = math.fsum(w * (at((j + 1) * h) - at(-(j + 1) * h)) for j, w in enumerate(weights)) / (60 * h)
        assert by_tape(slope, 0.7, 1.3) == pytest.approx(difference, rel=1e-8, abs=1e-8)
