"""The oscillators system against Kuramoto's closed form, Adler's beat, limit cycles, and what must be kept."""

from math import sqrt, tau

import numpy as np
import pytest

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.kernels.kuramoto import sincos_lanes
from harmonic_physics.engine.registry import preset
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused


def run(seed: int = 0, environment: dict[str, float] | None = None, **spec: object) -> Result:
    """Oscillators, simulated."""
    return simulate(check("oscillators", {"duration": 10.0, "frame_interval": 0.1} | spec, environment or {}), seed)


def times(result: Result, kind: str, body: int | None = None) -> np.ndarray:
    """Times of one kind of event."""
    chosen = result.events.kind == result.header.event_kinds.index(kind)
    return result.events.time[chosen & (result.events.body_a == body) if body is not None else chosen]


@pytest.mark.parametrize("ratio", [1.25, 1.5, 2.0, 3.0, 4.0])
def test_the_order_parameter_is_kuramotos(ratio: float) -> None:
    """2,000 Lorentzian phases: r = sqrt(1 - Kc / K) with Kc = twice the width, to 1e-3 at five couplings."""
    width = 0.5
    result = run(
        count=2000, frequency=0.0, spread=width / tau, distribution="lorentz", coupling=2 * width * ratio,
        duration=140.0, frame_interval=0.5, time_step=0.05, start_spread=0.5, beats=False, shown=1,
    )  # fmt: skip
    settled = result.arrays["order"][result.time > 80.0]
    assert settled.mean() == pytest.approx(sqrt(1 - 1 / ratio), abs=1e-3)


def test_two_phases_beat_at_adlers_frequency() -> None:
    """Unlocked, the difference of two phases turns in 2 pi / sqrt(d^2 - K^2) (R. Adler 1946); locked, it is asin(d /
    K)."""
    apart, coupling = 3.0, 2.0
    common = {"count": 2, "frequencies": [1.0, 1.0 + apart / tau], "beats": True, "synchrony_threshold": 0.5}
    free = run(coupling=coupling, duration=60.0, **common)
    rises = times(free, "synchrony")
    assert np.diff(rises) == pytest.approx(tau / sqrt(apart**2 - coupling**2), rel=2e-6)
    locked = run(coupling=4.0, duration=30.0, **common)
    difference = np.diff(locked.arrays["phase"][-1])[0] % tau
    assert difference == pytest.approx(np.arcsin(apart / 4.0), abs=1e-8)


def test_alone_a_phase_beats_like_a_clock() -> None:
    """Without coupling the wraps are whole periods apart, to 1e-12, in either direction."""
    result = run(count=2, frequencies=[1.7, -0.6], coupling=0.0, duration=20.0)
    for body, period in ((0, 1 / 1.7), (1, 1 / 0.6)):
        assert np.diff(times(result, "wrap", body)) == pytest.approx(period, rel=1e-11)


def test_the_measured_order_is_the_declared_one() -> None:
    """Halving the step divides the error of the phases by 2^4, within a tenth of an order."""

    def phases(h: float) -> np.ndarray:
        spec = {"count": 20, "spread": 0.1, "coupling": 2.0, "duration": 2.0, "frame_interval": 2.0}
        return run(**spec, time_step=h).arrays["phase"][-1]

    exact = phases(0.0025)
    errors = [np.abs(np.angle(np.exp(1j * (phases(h) - exact)))).max() for h in (0.1, 0.05)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("network", ["all", "ring", "lattice", "small_world", "edges"])
def test_rates_are_those_of_the_double_sum(network: str) -> None:
    """On every network the rates equal a plain sum over the neighbours to 1e-14."""
    spec = {"count": 36, "spread": 0.2, "coupling": 1.3, "phase_lag": 0.4, "network": network, "reach": 3, "shown": 36}
    if network == "edges":
        spec["edges"] = [[k, (7 * k + 1) % 36, 0.5 + k % 3] for k in range(36) if (7 * k + 1) % 36 != k]
    start = check("oscillators", {"duration": 1.0, "frame_interval": 1.0} | spec, {})
    live = start.run(3)
    phase = live.state["phase"] * tau
    expected = np.empty(36)
    for i in range(36):
        if network == "all":
            others, weights = np.arange(36), np.full(36, 1 / 36)
        else:
            edge = slice(live.starts[i], live.starts[i + 1])
            others, weights = live.others[edge], live.weights[edge]
            assert weights.sum() == pytest.approx(1.0)
        expected[i] = live.natural[i] + 1.3 / tau * (weights * np.sin(phase[others] - phase[i] - 0.4)).sum()
    assert live.state["rate"] == pytest.approx(expected, abs=1e-14)


def test_own_sincos_is_exact_to_rounding() -> None:
    """Against 80-bit arithmetic over a thousand turns: absolute error below 4e-16."""
    u = np.random.default_rng(1).uniform(-1000, 1000, 20_000)
    sine, cosine = np.empty_like(u), np.empty_like(u)
    sincos_lanes(u, sine, cosine)
    turns = np.longdouble("6.283185307179586476925286766559") * (u.astype(np.longdouble) % 1)
    assert np.abs(sine - np.sin(turns)).max() < 4e-16
    assert np.abs(cosine - np.cos(turns)).max() < 4e-16


def test_metronomes_fall_into_step() -> None:
    """The preset's metronomes pass the threshold of synchrony for good; on a fixed table they do not."""
    _, found = preset("metronomes")
    result = run(**found.spec)
    assert result.arrays["order"][-100:].min() > 0.95
    assert result.arrays["order"][:50].min() < 0.7
    fixed = run(**(found.spec | {"coupling": 0.0}))
    assert fixed.arrays["order"][-100:].max() < 0.95


def test_van_der_pols_limit_cycle() -> None:
    """For small mu the swing is 2 and the period tau (1 + mu^2 / 16) / w, to the next order."""
    result = run(
        model="van_der_pol", frequency=1 / tau, nonlinearity=0.1, amplitude=2.0, duration=200.0, start_spread=0.0
    )
    last = times(result, "zero_crossing")[-10:]
    assert np.diff(last) == pytest.approx(tau * (1 + 0.01 / 16), rel=1e-5)
    tops = result.events.strength[result.events.kind == 2]
    assert tops[-1] == pytest.approx(2.0, abs=1e-3)


def test_duffings_period_is_an_elliptic_integral() -> None:
    """Undamped x'' = -x - x^3 from rest at 1: T = 4 K(m) / sqrt(2), m = 1/4, to 1e-12; its energy is kept to 1e-13."""
    from scipy.special import ellipk

    result = run(
        model="duffing",
        frequency=1 / tau,
        stiffness=1.0,
        nonlinearity=1.0,
        amplitude=1.0,
        start_spread=0.0,
        duration=60.0,
    )
    period = 4 * float(ellipk(0.25)) / sqrt(2.0)
    assert np.diff(times(result, "zero_crossing")) == pytest.approx(period, rel=1e-8)
    assert result.header.certificate.invariants["energy"] < 1e-13


def test_energy_less_work_is_kept_with_drives_and_springs() -> None:
    """Coupled, driven and damped: the book closes to 1e-12."""
    for name in ("relaxation-choir", "two-wells"):
        _, found = preset(name)
        assert run(**found.spec).header.certificate.invariants["energy"] < 1e-12


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"model": "metronomes", "count": 33}, "at most 32"),
        ({"count": 3, "frequencies": [1.0]}, "give 3 frequencies"),
        ({"count": 3, "network": "edges", "edges": [[0, 5]]}, "does not join"),
        ({"count": 5, "network": "lattice"}, "is square"),
        ({"model": "metronomes", "count": 10, "coupling": 0.1}, "too light"),
        ({"model": "duffing", "count": 4, "spread": 5.0}, "must be positive"),
    ],
)
def test_wrong_crowds_are_refused_with_a_reason(spec: dict[str, object], words: str) -> None:
    """The refusal says what to change."""
    with pytest.raises(Refused, match=words):
        run(**spec)
