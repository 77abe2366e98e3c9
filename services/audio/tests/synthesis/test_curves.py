"""Curves are exact at their points, continuous between them, and integrate exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.interpolate import CubicHermiteSpline

from harmonic_audio.synthesis.curves import Curve, curve_value
from harmonic_contracts.score import ControlCurve, ControlPoint, Interpolation, MixCurve

KINDS: list[Interpolation] = ["step", "linear", "exponential", "smooth"]


def curve(points: list[tuple[float, float]], kind: Interpolation) -> ControlCurve:
    """A control curve of the pitch."""
    made = [ControlPoint(time_s=time, value=value) for time, value in points]
    return ControlCurve(voice=0, target="frequency_hz", points=made, interpolation=kind)


@st.composite
def random_points(draw: st.DrawFn) -> list[tuple[float, float]]:
    """One to eight points with positive values, at least a millisecond apart."""
    gaps = draw(st.lists(st.floats(1e-3, 10.0), min_size=1, max_size=8))
    values = draw(st.lists(st.floats(0.01, 1e4), min_size=len(gaps), max_size=len(gaps)))
    return list(zip(np.cumsum(gaps).tolist(), values, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@given(points=random_points())
@settings(max_examples=40, deadline=None)
def test_a_curve_is_exact_at_its_points_and_level_outside(kind: Interpolation, points: list[tuple[float, float]]):
    """At every point the value is the point's, to the bit; before the first and after the last it does not move."""
    made = curve(points, kind)
    assert curve_value(made, np.array([t for t, _ in points])).tolist() == [v for _, v in points]
    assert curve_value(made, np.array([0.0])) == points[0][1]
    assert curve_value(made, np.array([points[-1][0] + 1e6])) == points[-1][1]


@pytest.mark.parametrize("kind", ["linear", "exponential", "smooth"])
@given(points=random_points(), where=st.floats(0.0, 80.0))
@settings(max_examples=60, deadline=None)
def test_a_curve_is_continuous(kind: Interpolation, points: list[tuple[float, float]], where: float):
    """A billionth of a second moves a curve that is no step by at most its steepest slope's share."""
    made = Curve.of(curve(points, kind))
    near = made.at(np.array([where, where + 1e-9]))
    values, times = np.array([v for _, v in points]), np.array([t for t, _ in points])
    ratio = np.abs(np.log(values[1:] / values[:-1])) * np.maximum(values[1:], values[:-1])
    rise = np.maximum(1.5 * np.abs(np.diff(values)), ratio) / np.diff(times) if len(points) > 1 else np.zeros(1)
    assert abs(near[1] - near[0]) <= rise.max() * 1.1e-9 + 1e-12 * values.max()


@pytest.mark.parametrize("kind", ["linear", "exponential", "smooth"])
def test_a_curve_stays_between_its_neighbours(kind: Interpolation):
    """Between two points no interpolation overshoots, and the middle is the mean of its kind."""
    made = Curve.of(curve([(1.0, 2.0), (3.0, 8.0)], kind))
    middle = {"linear": 5.0, "exponential": 4.0, "smooth": 5.0}[kind]
    assert made.at(np.array([2.0]))[0] == pytest.approx(middle, rel=1e-15)
    values = made.at(np.linspace(0.0, 4.0, 1001))
    assert values.min() == 2.0 and values.max() == 8.0 and np.all(np.diff(values) >= 0.0)


def test_smooth_is_the_hermite_cubic_with_level_ends():
    """The smooth curve agrees with SciPy's Hermite spline of zero slopes."""
    times, values = [0.5, 1.25, 4.0], [-3.0, 7.0, 1.0]
    at = np.linspace(0.5, 4.0, 500)
    ours = curve_value(curve(list(zip(times, values, strict=True)), "smooth"), at)
    np.testing.assert_allclose(ours, CubicHermiteSpline(times, values, [0.0] * 3)(at), rtol=0, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_the_integral_is_that_of_the_values(kind: Interpolation):
    """The exact integral agrees with adaptive quadrature of the curve, inside and outside its points."""
    points = [(1.0, 3.0), (2.5, 0.5), (2.75, 0.5), (4.0, 9.0)]
    made = Curve.of(curve(points, kind))
    for end in (0.25, 1.0, 1.7, 2.6, 3.999, 6.0):
        inner = [t for t, _ in points if min(1.0, end) < t < max(1.0, end)]
        want, _ = quad(lambda t: float(made.at(np.array(t))), 1.0, end, points=inner or None, epsabs=1e-12)
        assert float(made.integral(np.array(end))) == pytest.approx(want, abs=1e-9)


def test_two_points_at_one_time_are_a_jump():
    """Up to the time the first holds, from it on the second."""
    points = [(0.0, 1.0), (1.0, 2.0), (1.0, 5.0), (2.0, 5.0)]
    for kind in KINDS:
        before, at = curve_value(curve(points, kind), np.array([np.nextafter(1.0, 0.0), 1.0]))
        assert at == 5.0
        assert before == pytest.approx(1.0 if kind == "step" else 2.0)


@given(cut=st.integers(1, 998))
@settings(max_examples=20, deadline=None)
def test_any_chunking_gives_the_same_bits(cut: int):
    """A value depends on its own time alone, not on what is asked with it."""
    at = np.linspace(0.0, 5.0, 999)
    for kind in KINDS:
        made = Curve.of(curve([(1.0, 0.1), (1.3, 7.0), (4.9, 0.3)], kind))
        assert np.concatenate([made.at(at[:cut]), made.at(at[cut:])]).tobytes() == made.at(at).tobytes()


def test_what_cannot_be_drawn_is_refused():
    """Falling times, and an exponential curve through zero, are refused with the reason."""
    with pytest.raises(ValueError, match="order of time"):
        curve_value(curve([(2.0, 1.0), (1.0, 1.0)], "linear"), np.zeros(1))
    through = [ControlPoint(time_s=0.0, value=-6.0), ControlPoint(time_s=1.0, value=0.0)]
    with pytest.raises(ValueError, match="one sign"):
        curve_value(MixCurve(target="gain_db", points=through, interpolation="exponential"), np.zeros(1))
