"""Heat against Fourier's sines and bells, and the reaction against its steady states and its known patterns."""

from math import exp, log2, pi, sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused

Floats = NDArray[np.float64]
LINE: dict[str, Any] = {"dimensions": 1, "points": 64, "edge": "held", "probes": [{"name": "a", "position": [0.5]}]}


def run(environment: dict[str, float] | None = None, seed: int = 0, **spec: Any) -> Result:
    """A finished run on a line, unless the spec says otherwise."""
    return simulate(check("heat", {"duration": 10.0, "frame_interval": 0.5} | LINE | spec, environment or {}), seed)


@pytest.mark.parametrize("half_waves", [1, 4])
def test_a_sine_decays_at_its_rate(half_waves: int) -> None:
    """exp(-(D k^2 + loss) t): the grid's own law to 2e-4, Fourier's to (k dx)^2 / 12, towards the medium's
    temperature."""
    wave = {"half_waves": half_waves, "amplitude": 20.0}
    place = [{"name": "a", "position": [(0.5 * 64 // half_waves + 0.5) / 64]}]
    result = run({"temperature": 300.0}, waves=[wave], diffusivity=2e-3, loss=0.02, probes=place)
    level = result.arrays["level"][:, 0] - 300.0
    measured = -np.log(level[-1] / level[0]) / 10.0
    k, dx = half_waves * pi, 1 / 64
    grid = 2e-3 * (2 / dx * np.sin(0.5 * k * dx)) ** 2 + 0.02
    assert measured == pytest.approx(grid, rel=2e-4)
    assert measured == pytest.approx(2e-3 * k * k + 0.02, rel=(k * dx) ** 2 / 12 + 2e-4)


def test_a_bell_of_heat_spreads_as_fouriers_kernel() -> None:
    """A Gaussian stays one: its height falls as s / sqrt(s^2 + 2 D t), on a line; its square in the plane."""
    spark = {"level": 100.0, "width": 0.05}
    line = run({"temperature": 0.0}, sparks=[spark | {"centre": [0.5]}], points=400, edge="insulated", diffusivity=5e-4)
    plane = run(
        {"temperature": 0.0}, dimensions=2, points=100, edge="insulated", diffusivity=5e-4,
        sparks=[spark], probes=[{"name": "a", "position": [0.5, 0.5]}],
    )  # fmt: skip
    law = 100 / np.sqrt(1 + 2 * 5e-4 * line.time / 0.05**2)
    assert line.arrays["level"][:, 0] == pytest.approx(law, rel=2e-3)
    assert plane.arrays["level"][:, 0] == pytest.approx(law**2 / 100, rel=1.5e-2)


@pytest.mark.parametrize("edge", ["insulated", "periodic"])
def test_heat_is_neither_made_nor_lost(edge: str) -> None:
    """The mean of a closed field stays to 1e-13, but for what sparks bring, at whatever time they fall."""
    sparks = [{"centre": [0.3, 0.4], "level": 50.0}, {"centre": [0.9, 0.1], "level": -20.0, "time": 1.2345}]
    result = run(
        dimensions=2, points=32, edge=edge, sparks=sparks, probes=[{"name": "a", "position": [0.3, 0.3]}], duration=20.0
    )
    assert result.header.certificate.invariants["heat"] < 1e-13
    assert result.arrays["contrast"][-1] < result.arrays["contrast"][3]


def test_heun_is_of_order_two() -> None:
    """Halving every step (by twice as many frames) divides the reaction's own error by four."""
    spec: dict[str, Any] = {
        "equation": "gray_scott", "width": 8.0, "points": 8, "dimensions": 1, "edge": "periodic", "diffusivity": 0.0,
        "second_diffusivity": 0.0, "rate": 1.0, "duration": 8.0, "picture": 0,
        "waves": [{"half_waves": 2, "amplitude": 0.1}],
        "sparks": [{"centre": [0.5], "level": 0.5, "width": 0.2}],
    }  # fmt: skip
    ends = [run(**spec, frame_interval=h).arrays["level"][-1, 0] for h in (0.4, 0.2, 0.1, 0.05)]
    assert log2(abs((ends[0] - ends[1]) / (ends[1] - ends[2]))) == pytest.approx(2.0, abs=0.2)
    assert log2(abs((ends[1] - ends[2]) / (ends[2] - ends[3]))) == pytest.approx(2.0, abs=0.1)


def test_thresholds_are_passed_at_the_exact_time() -> None:
    """A probe in a cooling field passes 10 K over the medium when Newton's law says."""
    result = run(
        waves=[],
        sparks=[{"centre": [0.5], "level": 40.0, "width": 1.0}],
        diffusivity=0.0,
        loss=0.25,
        threshold=10.0,
        frame_interval=0.02,
    )
    falls = result.events.time[result.events.kind == result.header.event_kinds.index("threshold")]
    top = 40.0 * exp(-0.5 * (0.5 / 64) ** 2)
    assert falls == pytest.approx([np.log(top / 10.0) / 0.25], abs=1e-4)


def test_nothing_lives_without_seed_and_a_seed_becomes_a_pattern() -> None:
    """u = 1, v = 0 is a steady state; a seed at Pearson's parameters fills the field with structure."""
    spec: dict[str, Any] = {
        "equation": "gray_scott", "dimensions": 2, "width": 40.0, "points": 40, "edge": "periodic",
        "diffusivity": 0.16,
        "second_diffusivity": 0.08, "feed": 0.0545, "kill": 0.062, "rate": 50.0, "duration": 60.0,
        "frame_interval": 2.0,
        "probes": [{"name": "a", "position": [0.2, 0.2]}], "threshold": 0.15,
    }  # fmt: skip
    assert not run(**spec).arrays["field"].any()
    grown = run(**spec, sparks=[{"level": 0.5, "width": 0.08}])
    assert grown.arrays["contrast"][-1] > 0.08
    assert 0.1 < grown.arrays["mean"][-1] < 0.4
    assert "threshold" in {grown.header.event_kinds[k] for k in grown.events.kind}


def test_the_scatter_of_the_start_is_by_the_seed() -> None:
    """The same seed gives the same field, another one another."""
    first, again, other = (run(seed=seed, noise=1.0) for seed in (1, 1, 2))
    assert first.arrays["field"].tobytes() == again.arrays["field"].tobytes()
    assert first.arrays["field"].tobytes() != other.arrays["field"].tobytes()
    assert first.arrays["contrast"][0] == pytest.approx(sqrt(1 / 12), rel=0.2)


def test_a_faster_time_takes_more_steps_and_no_other_way() -> None:
    """Three times the speed of time: the field is at t where it was at 3 t."""
    slow = run(waves=[{"amplitude": 10.0}], diffusivity=5e-3, duration=9.0, frame_interval=0.75)
    fast = run({"time_scale": 3.0}, waves=[{"amplitude": 10.0}], diffusivity=5e-3, duration=3.0, frame_interval=0.25)
    assert fast.arrays["level"] == pytest.approx(slow.arrays["level"], rel=1e-10)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"dimensions": 2, "points": 4000, "probes": [{"name": "a", "position": [0.1, 0.1]}]}, "are too many"),
        ({"probes": [{"name": "a", "position": [0.1, 0.1]}]}, "has 1 coordinate"),
        ({"probes": [{"name": "a", "position": [0.1]}] * 2}, "same name"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(spec: dict[str, Any], reason: str) -> None:
    """Grids too large, probes of another dimension or without a name of their own."""
    with pytest.raises(Refused, match=reason):
        run(**spec)
