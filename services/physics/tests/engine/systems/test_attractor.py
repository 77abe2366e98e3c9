"""The attractor system against published exponents, conserved quantities and scipy as outside witness."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from harmonic_physics.engine.attractor.formulas import problem
from harmonic_physics.engine.attractor.models import MODELS
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.formulas.plain import values
from harmonic_physics.engine.registry import preset, system
from harmonic_physics.engine.run import Stopped
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused


def run(environment: dict[str, float] | None = None, **spec: object) -> Result:
    """An attractor, simulated."""
    return simulate(check("attractor", {"duration": 10.0, "frame_interval": 0.1} | spec, environment or {}))


@pytest.mark.parametrize("model", sorted(MODELS))
def test_every_flow_agrees_with_scipy(model: str) -> None:
    """Four time units of each famous flow equal DOP853 at 1e-12, to 1e-8 (what chaos leaves of it)."""
    result = run(model=model, duration=4.0)
    spec = check("attractor", {"duration": 1.0, "frame_interval": 1.0, "model": model}, {}).spec
    found = problem(spec)
    size = len(spec.all_starts())

    def f(t: float, x: list[float]) -> list[float]:
        return values(
            found.graph,
            found.rates[:size],
            [*x, t],
            MODELS[model].letters | dict.fromkeys("abcdef", 0.0) | MODELS[model].letters,
        )

    other = solve_ivp(f, (0, 4), spec.all_starts(), "DOP853", result.time[result.time <= 4], rtol=1e-12, atol=1e-12)
    assert result.arrays["position"][: len(other.t), 0, :size] == pytest.approx(other.y.T, abs=1e-7)


def exponents(duration: float) -> np.ndarray:
    """Lorenz's three, after `duration`."""
    return run(duration=duration, frame_interval=duration / 100, lyapunov=True).arrays["lyapunov"][-1]


def test_lorenz_exponents_in_short() -> None:
    """Over 1000 time units: the sum is -(10 + 1 + 8/3) to 1e-6; 0.906, 0, -14.572 as far as so short a time allows."""
    found = exponents(1000.0)
    assert math.fsum(found) == pytest.approx(-41 / 3, abs=1e-6)
    assert found == pytest.approx([0.906, 0.0, -14.572], abs=0.02)


@pytest.mark.slow
def test_lorenz_exponents() -> None:
    """Over 1e5 time units: the largest is 0.906 within 0.001 (Sprott), the sum -13.6667 to 1e-6."""
    found = exponents(1e5)
    assert found[0] == pytest.approx(0.906, abs=0.001)
    assert math.fsum(found) == pytest.approx(-41 / 3, abs=1e-6)


def test_conserved_quantities_are_kept_and_reported() -> None:
    """Lotka and Volterra's integral, and that of a user's thermostat, to 1e-13 over their presets."""
    for name in ("predator-and-prey", "bouncing-memory"):
        chosen, found = preset(name)
        result = simulate(check(chosen.kind, found.spec, found.environment))
        assert result.header.certificate.invariants["first_integral"] < 1e-13


def test_lotka_volterra_returns_at_its_small_period() -> None:
    """Close to the fixed point the period is tau / sqrt(a c)."""
    result = run(model="lotka_volterra", start=[1.0, 0.5 + 1e-5], duration=60.0)
    maxima = result.events.time[result.events.strength > 1.0]
    assert np.diff(maxima) == pytest.approx(math.tau / math.sqrt(2 / 3), rel=1e-6)


def test_events_lie_on_their_crossings() -> None:
    """At a lobe change x is 0 to 1e-10, at a maximum of z its rate is; both alternate as they must."""
    result = run(duration=40.0)
    kinds = np.array(result.header.event_kinds)[result.events.kind]
    places = result.events.position
    assert np.abs(places[kinds == "lobe_change", 0]).max() < 1e-10
    x, y, z = places[kinds == "extremum"].T
    assert np.abs(x * y - 8 / 3 * z).max() < 1e-8
    assert result.events.strength[kinds == "extremum"] == pytest.approx(z, rel=1e-12)
    assert (np.diff(result.events.time) > 0).all()


def test_the_trajectory_starts_at_the_seed_and_copies_part() -> None:
    """Copies start within the spread, differently by seed, and part at the pace of the largest exponent."""
    start = check("attractor", {"duration": 20.0, "frame_interval": 0.5, "copies": 2, "spread": 1e-9}, {})
    one, two = simulate(start, 1), simulate(start, 2)
    assert 0 < one.arrays["separation"][0, 1] < 2e-9
    assert (one.arrays["position"][0, 1] != two.arrays["position"][0, 1]).any()
    growth = np.log(one.arrays["separation"][30, 1] / one.arrays["separation"][0, 1]) / 15
    assert 0.4 < growth < 1.6


def test_time_scale_speeds_up_the_universe() -> None:
    """At time scale 2 the same places are reached in half the time."""
    slow, fast = run(duration=4.0), run({"time_scale": 2.0}, duration=2.0, frame_interval=0.05)
    assert fast.arrays["position"] == pytest.approx(slow.arrays["position"], abs=1e-10)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"model": "custom"}, "give `variables`"),
        ({"variables": [{"name": "x", "rate": "x", "start": 0}]}, "only then"),
        ({"model": "custom", "variables": [{"name": "sin", "rate": "1", "start": 0}]}, "is taken"),
        ({"model": "custom", "variables": [{"name": "x", "rate": "xx", "start": 0}]}, "did you mean x"),
        ({"model": "custom", "variables": [{"name": "x", "rate": "1 +", "start": 0}]}, "rate of x, at character 4"),
        ({"sections": [{"formula": "q"}]}, "a section, at character 1"),
        ({"start": [1.0]}, "needs 3 numbers"),
        ({"lobe": "x"}, "go with the model custom"),
    ],
)
def test_wrong_specs_are_refused_with_a_reason(spec: dict[str, object], words: str) -> None:
    """The refusal says which formula, where, and what to do."""
    with pytest.raises(Refused, match=words):
        check("attractor", {"duration": 1.0, "frame_interval": 0.1} | spec, {})


_WORDS = st.sampled_from(
    ["x", "y", "t", "a", "2", "sin(x)", "abs(y)", "exp(x)", "log(y)", "sqrt(x)", "x^y", "1/x", "tan(t)"]
)
_SUMS = st.lists(st.tuples(st.sampled_from("+-*"), _WORDS), min_size=1, max_size=4).map(
    lambda parts: "0" + "".join(sign + word for sign, word in parts)
)


@settings(max_examples=40, deadline=None)
@given(_SUMS, _SUMS, st.floats(-5, 5), st.floats(-5, 5), st.booleans())
def test_no_formula_surprises(one: str, two: str, x: float, y: float, lyapunov: bool) -> None:
    """Any accepted equations give finite numbers or stop with a reason."""
    rows = [{"name": "x", "rate": one, "start": x}, {"name": "y", "rate": two, "start": y}]
    spec = {"model": "custom", "variables": rows, "duration": 2.0, "frame_interval": 0.5, "lyapunov": lyapunov}
    spec["sections"] = [{"formula": f"{one} - y"}]
    try:
        result = simulate(check("attractor", spec, {}))
    except Refused as refusal:
        assert all(error.reason for error in refusal.errors)
    except Stopped as stop:
        assert stop.reason
    else:
        assert np.isfinite(result.arrays["position"]).all()


def test_every_letter_of_a_flow_can_be_tuned() -> None:
    """The parameters that a scene may change are those of the formulas."""
    assert system("attractor").tunable == ("a", "b", "c", "d", "e", "f")
