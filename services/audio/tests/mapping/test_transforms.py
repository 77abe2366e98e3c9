"""Transforms, placements and operations along time keep their laws for any data."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harmonic_audio.mapping.motion import MappingError
from harmonic_audio.mapping.series import SMOOTHINGS, derivative, resampled
from harmonic_audio.mapping.transforms import STRETCHES, TRANSFORMS, inverse, transformed, unwrapped, wrapped
from harmonic_audio.mapping.values import Placement, fraction
from harmonic_audio.soundscape import ValueRule

ANY = st.floats(-1e300, 1e300, allow_nan=False)
COMMON = st.floats(-1e6, 1e6, allow_nan=False)
RULES = st.builds(
    lambda **fields: ValueRule.model_validate({"source": "strength", "low": 0.0, "high": 1.0, **fields}),
    transform=st.sampled_from(sorted(TRANSFORMS)),
    stretch=st.sampled_from(sorted(STRETCHES)),
    polarity=st.sampled_from(["up", "down"]),
    zero=st.sampled_from([None, {"value": "median", "center": 0.3}, {"value": 1.0}]),
    limits=st.sampled_from(
        [{}, {"low": 5, "high": 90}, {"low": 0, "high": 130}, {"kind": "absolute", "low": 0.5, "high": 12.0}]
    ),
)


@settings(max_examples=120, deadline=None)
@given(arrays(np.float64, st.integers(1, 12), elements=ANY), RULES)
def test_any_finite_data_give_fractions_within_the_limits(data: Any, rule: ValueRule) -> None:
    """No NaN and nothing outside 0..1, whatever the transform, stretch, polarity, zero point and limits."""
    found = fraction(data, rule)
    assert np.isfinite(found).all() and found.min() >= 0.0 and found.max() <= 1.0


@settings(max_examples=120, deadline=None)
@given(arrays(np.float64, st.integers(2, 12), elements=COMMON), RULES)
def test_order_is_kept_or_turned_round(data: Any, rule: ValueRule) -> None:
    """A larger value never gives a smaller fraction; with polarity down never a larger one."""
    found = fraction(np.sort(data), rule)
    steps = np.diff(found) if rule.polarity == "up" else -np.diff(found)
    assert (steps >= -1e-12).all()


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(sorted(TRANSFORMS)),
    arrays(np.float64, 8, elements=st.floats(-200.0, 200.0, allow_nan=False)),
)
def test_each_transform_is_undone_by_its_inverse(name: str, data: Any) -> None:
    """Data of the transform's domain come back to 1e-9 of their size."""
    positive = TRANSFORMS[name].positive or name == "sqrt"
    data = np.abs(data) + 1e-3 if positive else data
    scale = 2.0 if name == "power" else 1.0
    np.testing.assert_allclose(inverse(transformed(data, name, scale), name, scale), data, rtol=1e-9, atol=1e-9)


@settings(max_examples=80, deadline=None)
@given(arrays(np.float64, 9, elements=st.floats(0.01, 10.0), unique=True), RULES)
def test_data_come_back_from_what_is_heard(data: Any, rule: ValueRule) -> None:
    """Within the limits, the placement's inverse gives the data back: transform, stretch, polarity and zero point.

    What comes back is heard at the same place to 1e-9; where a stretch is flat, that leaves the data themselves less
    sharp: a thousandth of their range.
    """
    placement = Placement.of(rule, data)
    at = placement.fraction(data)
    low, high = inverse(np.array([placement.low, placement.high]), rule.transform, placement.scale)
    inside = (data >= low) & (data <= high)
    if placement.high > placement.low * (1 + 1e-9) + 1e-9:
        found = placement.data(at)[inside]
        np.testing.assert_allclose(placement.fraction(found), at[inside], atol=1e-9)
        np.testing.assert_allclose(found, data[inside], atol=1e-3 * np.ptp(data))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(SMOOTHINGS)),
    arrays(np.float64, st.tuples(st.integers(2, 40), st.integers(1, 3)), elements=COMMON),
    st.floats(0.01, 20.0),
    st.booleans(),
)
def test_smoothing_stays_within_the_data(kind: str, data: Any, width: float, even: bool) -> None:
    """A running mean of any kind never leaves the range of its line, for even and uneven times."""
    time = np.arange(len(data), dtype=float) if even else np.cumsum(1.0 + np.arange(len(data)) % 3)
    found = SMOOTHINGS[kind](time, data, width)
    slack = 1e-9 * (1.0 + np.abs(data).max())
    assert found.shape == data.shape
    assert (found >= data.min(axis=0) - slack).all() and (found <= data.max(axis=0) + slack).all()


def test_an_exponential_mean_is_the_closed_form_of_a_step() -> None:
    """After a step, 1 - exp(-t / constant), for even and for uneven times alike."""
    for time in (np.linspace(0.0, 4.0, 41), np.cumsum(np.r_[0.0, np.tile([0.05, 0.15], 20)])):
        data = np.where(time > 0.0, 1.0, 0.0)
        np.testing.assert_allclose(SMOOTHINGS["exponential"](time, data, 0.7), 1.0 - np.exp(-time / 0.7), atol=1e-12)


def test_a_gaussian_mean_of_a_sine_shrinks_it_by_its_closed_form() -> None:
    """sin(w t) under a bell of deviation s is exp(-(w s)^2 / 2) sin(w t)."""
    time = np.linspace(0.0, 20.0, 2001)
    found = SMOOTHINGS["gaussian"](time, np.sin(3.0 * time), 0.2)
    inside = slice(300, -300)
    np.testing.assert_allclose(found[inside], (np.exp(-0.18) * np.sin(3.0 * time))[inside], atol=1e-5)


def test_a_derivative_is_exact_for_a_parabola_on_uneven_times() -> None:
    """d/dt t^2 = 2 t at every inner time; one sample alone has no rate and is refused."""
    time = np.array([0.0, 0.3, 1.0, 1.1, 2.5])
    np.testing.assert_allclose(derivative(time, time**2)[1:-1], 2.0 * time[1:-1], rtol=1e-12)
    with pytest.raises(MappingError, match="two frames"):
        derivative(time[:1], time[:1])


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, 6, elements=COMMON), st.sampled_from(["linear", "cubic", "hold"]))
def test_resampling_goes_through_the_samples_and_does_not_overshoot(data: Any, how: str) -> None:
    """At the frames the data themselves; between two frames nothing outside of them; the ends are held."""
    time = np.array([0.0, 1.0, 1.5, 3.0, 3.1, 4.0])
    slack = 1e-9 * (1.0 + np.abs(data).max())
    np.testing.assert_allclose(resampled(time, data, time, how), data, atol=slack)
    between = resampled(time, data, 0.5 * (time[1:] + time[:-1]), how)
    low, high = np.minimum(data[1:], data[:-1]), np.maximum(data[1:], data[:-1])
    assert (between >= low - slack).all() and (between <= high + slack).all()
    np.testing.assert_allclose(resampled(time, data, np.array([-5.0, 9.0]), how), data[[0, -1]], atol=slack)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, 10, elements=st.floats(-50.0, 50.0)), st.floats(0.5, 360.0))
def test_an_angle_goes_the_short_way_round(angle: Any, period: float) -> None:
    """Unwrapped, no step is longer than half a period, and every value is the same angle as before."""
    found = unwrapped(angle, period)
    assert (np.abs(np.diff(found)) <= 0.5 * period * (1 + 1e-9)).all()
    difference = wrapped(found - angle + 0.5 * period, period) - 0.5 * period
    np.testing.assert_allclose(difference, 0.0, atol=1e-9 * (period + 50.0))


def test_limits_within_series_place_each_body_by_itself() -> None:
    """Two bodies of different sizes both span the whole range."""
    rule = ValueRule(source="strength", low=0, high=1, within="series")
    found = fraction(np.array([1.0, 100.0, 2.0, 300.0]), rule, np.array([0, 1, 0, 1]))
    np.testing.assert_array_equal(found, [0, 0, 1, 1])
    universe = fraction(np.array([1.0, 3.0]), rule.model_copy(update={"within": "universe"}), None, np.array([0.0, 4]))
    np.testing.assert_array_equal(universe, [0.25, 0.75])
