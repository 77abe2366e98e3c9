"""The rotor system against Jacobi's elliptic solution, the theory of the top, and what must be kept."""

from math import cos, fsum, pi, radians, sin, sqrt

import numpy as np
import pytest
from scipy.special import ellipk

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import preset
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.system import Refused

MOMENTS = (1.0, 2.0, 2.6)


def run(environment: dict[str, float] | None = None, **spec: object) -> Result:
    """A rotor, simulated."""
    start = {"duration": 10.0, "frame_interval": 0.1, "moments": MOMENTS, "angular_velocity": [0.02, 6.0, 0.0]}
    return simulate(check("rotor", start | spec, environment or {"gravity": 0.0}))


def times(result: Result, kind: str) -> np.ndarray:
    """Times of one kind of event."""
    return result.events.time[result.events.kind == result.header.event_kinds.index(kind)]


def elliptic(moments: tuple[float, ...], w: tuple[float, ...]) -> tuple[float, float]:
    """Period of the middle component and k^2 (Landau and Lifshitz, section 37), for the smaller energy of the two
    cases."""
    a, b, c = moments
    energy = fsum(i * v * v for i, v in zip(moments, w, strict=True))
    square = fsum((i * v) ** 2 for i, v in zip(moments, w, strict=True))
    if square < energy * b:
        a, c = c, a
    rate = sqrt((c - b) * (square - energy * a) / (a * b * c))
    k2 = (b - a) * (energy * c - square) / ((c - b) * (square - energy * a))
    return 4 * float(ellipk(k2)) / rate, k2


@pytest.mark.parametrize("w", [(0.02, 6.0, 0.0), (0.5, 3.0, 0.1), (0.1, 2.0, 1.5), (3.0, 1.0, 0.2)])
def test_the_flip_period_is_the_elliptic_integral(w: tuple[float, float, float]) -> None:
    """Flips are half an elliptic period apart, to 1e-11, on both sides of the separatrix."""
    period, k2 = elliptic(MOMENTS, w)
    assert 0 < k2 < 1
    result = run(angular_velocity=w, duration=5.2 * period)
    assert np.diff(times(result, "flip")) == pytest.approx(period / 2, rel=1e-11)


def test_a_free_body_keeps_energy_and_momentum() -> None:
    """Over a thousand periods all four stay to 1e-13."""
    period, _ = elliptic(MOMENTS, (0.5, 3.0, 0.1))
    result = run(angular_velocity=(0.5, 3.0, 0.1), duration=1000 * period, frame_interval=period)
    assert max(result.header.certificate.invariants.values()) < 1e-13
    assert np.linalg.norm(result.arrays["orientation"], axis=1) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.slow
def test_a_free_body_keeps_energy_and_momentum_for_long() -> None:
    """Over 1e5 periods energy and angular momentum stay to 1e-12."""
    period, _ = elliptic(MOMENTS, (0.5, 3.0, 0.1))
    result = run(angular_velocity=(0.5, 3.0, 0.1), duration=1e5 * period, frame_interval=10 * period)
    assert max(result.header.certificate.invariants.values()) < 1e-12


@pytest.mark.parametrize("fast", [False, True])
def test_a_heavy_top_precesses_as_theory_says(fast: bool) -> None:
    """I1 cos(tilt) p^2 - I3 w3 p + m g l = 0: set going at either root p, the tilt stays and the turns take 2 pi /
    p."""
    across, along, weight, tilt, spin = 0.0012, 0.0008, 0.2 * 9.81 * 0.06, radians(30), 90.0
    a, b = across * cos(tilt), along * spin
    p = (b + (sqrt(b * b - 4 * a * weight) if fast else -sqrt(b * b - 4 * a * weight))) / (2 * a)
    result = run(
        {"gravity": 9.81}, moments=(across, across, along), angular_velocity=(0.0, p * sin(tilt), spin), tilt=30.0,
        mass=0.2, offset=0.06, duration=6.5 * 2 * pi / p, frame_interval=0.01,
    )  # fmt: skip
    assert result.arrays["tilt"] == pytest.approx(tilt, abs=1e-11)
    assert np.diff(times(result, "transit")) == pytest.approx(2 * pi / p, rel=1e-10)


def test_a_sleeping_top_stands_above_the_critical_spin_only() -> None:
    """I3^2 w^2 > 4 I1 m g l: above it a slightly leaning top stays up, below it falls."""
    weight = 0.2 * 9.81 * 0.06
    critical = sqrt(4 * 0.0012 * weight) / 0.0008
    common = {"moments": (0.0012, 0.0012, 0.0008), "tilt": 0.1, "mass": 0.2, "offset": 0.06, "duration": 5.0}
    for factor, stands in ((1.05, True), (0.9, False)):
        result = run({"gravity": 9.81}, angular_velocity=(0.0, 0.0, factor * critical), **common)
        assert bool(result.arrays["tilt"].max() < 0.02) is stands


def test_losses_are_booked() -> None:
    """With damping, energy less work and momentum less impulse are kept, and the spin falls as exp(-c t / I)."""
    result = run(moments=(1.0, 1.0, 1.0), angular_velocity=(0.0, 0.0, 5.0), damping=0.2)
    assert max(result.header.certificate.invariants.values()) < 1e-13
    assert result.arrays["angular_velocity"][-1, 2] == pytest.approx(5 * np.exp(-2.0), rel=1e-12)
    _, found = preset("falling-asleep")
    assert max(run(found.environment, **found.spec).header.certificate.invariants.values()) < 1e-11


def test_gravity_and_time_scale_change_the_motion() -> None:
    """Each accepted parameter gives another place."""
    _, found = preset("spinning-top")
    usual = run({"gravity": 9.81}, **found.spec).arrays["tilt"]
    for change in ({"gravity": 3.0}, {"gravity": 9.81, "time_scale": 2.0}):
        assert np.abs(run(change, **found.spec).arrays["tilt"] - usual).max() > 1e-3


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"moments": [1.0, 1.0, 3.0]}, "no body has these moments"),
        ({"angular_velocity": [0.0, 0.0, 0.0]}, "nothing moves"),
        ({"moments": [0.0, 1.0, 1.0]}, "greater than or equal"),
    ],
)
def test_impossible_bodies_are_refused(spec: dict[str, object], words: str) -> None:
    """The refusal gives the reason."""
    with pytest.raises(Refused, match=words):
        run(**spec)
