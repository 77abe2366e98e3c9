"""Strings against closed forms: the stiff string's law, Duffing's period, Helmholtz' motion, the scheme's own bound."""

from math import log2, pi, sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ellipk

from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import system
from harmonic_physics.engine.simulate import Result, simulate
from harmonic_physics.engine.string.dispersion import bound, grid
from harmonic_physics.engine.string.modes import VibratingString
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.systems.string import StringBody
from harmonic_physics.engine.timeline import Scene

Floats = NDArray[np.float64]
VACUUM = {"viscosity": 0.0}
PLUCK = {"body": "a", "position": [0.23], "amplitude": 0.002}


def body(**changes: Any) -> dict[str, Any]:
    """A lossless string of 100 Hz."""
    return {"name": "a", "frequency": 100.0, "decay_time": None, "decay_time_1khz": None} | changes


def run(strings: list[dict[str, Any]], scenes: Any = (), **spec: Any) -> Result:
    """A finished run, plucked once unless the spec says otherwise."""
    whole = {"duration": 0.5, "frame_interval": 1 / 48_000, "strings": strings, "excitations": [PLUCK]} | spec
    return simulate(check("string", whole, VACUUM, scenes=scenes))


def partial(signal: Floats, rate: float, near: float) -> float:
    """Frequency of the partial near `near`: from the turn of phase between two windowed halves."""
    t, half = np.arange(len(signal)) / rate, len(signal) // 2
    window = np.hanning(half)
    slow = signal * np.exp(-2j * pi * near * t)
    first, second = (slow[:half] * window).sum(), (slow[half : 2 * half] * window).sum()
    return float(near + np.angle(second / first) / (2 * pi * half / rate))


def cents(a: float, b: float) -> float:
    """From b to a."""
    return 1200 * log2(a / b)


def test_partials_keep_the_law_of_the_stiff_string() -> None:
    """A hundred and seventeen partials, as published and as heard: n f0 sqrt(1 + B n^2) to 0.001 cent."""
    result = run([body(frequency=60.0, inharmonicity=3e-4, modes=117)], duration=1.0)
    law = [60.0 * n * sqrt(1 + 3e-4 * n * n) for n in range(1, 118)]
    modes = [mode.frequency for mode in result.header.modes]
    assert len(modes) == 117
    assert max(abs(cents(a, b)) for a, b in zip(modes, law, strict=True)) < 1e-9
    sound = result.arrays["displacement"][:, 0]
    for n in (1, 5, 10, 20, 40, 80):
        assert abs(cents(partial(sound, 48_000, law[n - 1]), law[n - 1])) < 1e-3


def test_the_sound_is_the_sum_of_its_partials() -> None:
    """A plucked, damped string read at 48 kHz is Fourier's series to 1e-11 of its height."""
    result = run([body(decay_time=1.0, decay_time_1khz=0.5, modes=30, inharmonicity=1e-4)])
    n, t = np.arange(1, 31), result.time[:, None]
    omega = 2 * pi * 100.0 * n * np.sqrt(1 + 1e-4 * n * n)
    sigma = np.log(1000) * (1 + (omega / (2000 * pi)) ** 2)
    static = np.sin(n * pi * 0.23) / omega**2
    q = 0.002 * static / (static * np.sin(n * pi * 0.23)).sum()
    damped = np.sqrt(omega**2 - sigma**2)
    series = q * np.exp(-sigma * t) * (np.cos(damped * t) + sigma / damped * np.sin(damped * t))
    expected = (series * np.sin(n * pi * 0.12)).sum(axis=1)
    assert np.abs(result.arrays["displacement"][:, 0] - expected).max() < 2e-14


def test_dense_frames_are_the_sparse_ones() -> None:
    """A string read at 48 kHz and one read at 100 Hz show the same motion and energies."""
    dense, sparse = (run([body(decay_time=2.0, decay_time_1khz=1.0)], frame_interval=dt) for dt in (1 / 48_000, 0.01))
    for name in dense.arrays:
        scale = np.abs(sparse.arrays[name]).max()
        assert np.abs(dense.arrays[name][::480] - sparse.arrays[name]).max() < 1e-10 * scale


def test_a_decay_time_is_the_time_to_fall_by_sixty_decibels() -> None:
    """The energy after the decay time is a millionth, and threshold events come at the exact moments on the way."""
    result = run(
        [body(decay_time=1.5, decay_time_1khz=1.5, modes=1)], duration=1.5, frame_interval=0.1, fall=10.0, falls=5
    )
    energy = result.arrays["energy"][:, 0]
    assert 10 * np.log10(energy[-1] / energy[0]) == pytest.approx(-60.0, abs=0.05)
    falls = result.events.time[result.events.kind == result.header.event_kinds.index("threshold")]
    assert len(falls) == 5
    omega, sigma = 2 * pi * 100 * sqrt(1 + 1e-4), np.log(1000) / 1.5
    damped = sqrt(omega**2 - sigma**2)
    c, s = np.cos(damped * falls), np.sin(damped * falls)
    q = np.exp(-sigma * falls) * (c + sigma / damped * s)
    v = -np.exp(-sigma * falls) * (omega**2 / damped) * s
    at = (v**2 + (omega * q) ** 2) / omega**2
    assert np.abs(at * 10 ** np.arange(1, 6) - 1.0).max() < 1e-9


def test_zero_crossings_of_slow_modes_are_exact() -> None:
    """A rope of half a hertz plucked in its middle: odd modes cross at odd quarters of their periods."""
    rope = body(frequency=0.5, inharmonicity=0.0, modes=3, length=10.0)
    result = run([rope], duration=10.0, frame_interval=0.1, excitations=[PLUCK | {"position": [0.5]}])
    found = result.events.time[result.events.kind == result.header.event_kinds.index("zero_crossing")]
    expected = sorted([0.5 + k for k in range(10)] + [(0.5 + k) / 3 for k in range(30)])
    assert np.abs(found - np.array(expected)).max() < 1e-12


def test_strokes_are_told_at_their_own_times() -> None:
    """Plucks and strikes with repeats, shrinking intervals and fading amplitudes."""
    hits = [
        {
            "body": "a",
            "kind": "strike",
            "time": 0.1,
            "amplitude": 0.01,
            "count": 3,
            "interval": 0.2,
            "ratio": 0.5,
            "fade": 0.5,
        }
    ]
    result = run([body()], duration=1.0, frame_interval=0.03, excitations=hits)
    strikes = result.events.kind == result.header.event_kinds.index("strike")
    assert result.events.time[strikes].tolist() == pytest.approx([0.1, 0.3, 0.4])
    assert result.events.strength[strikes].tolist() == pytest.approx([0.01, 0.005, 0.0025])
    assert not result.arrays["energy"][:4].any()


def test_heat_slackens_and_air_damps() -> None:
    """T = T0 - E A alpha dtheta, and Stokes' drag: warmer is flatter, thicker air is shorter."""
    string = StringBody(**body(modes=2, inharmonicity=0.0))
    values = {"temperature": 293.15, "stiffness": 1.0, "fluid_density": 1.225, "viscosity": 1.81e-5}
    vibrator = VibratingString(string, 2e4, values)
    warm = vibrator.frequencies(values | {"temperature": 303.15})[0]
    assert warm / (200 * pi) == pytest.approx(sqrt(1 - 4e4 * 1.2e-5 * 10 / string.tension), rel=1e-14)
    omega = vibrator.frequencies(values)
    m = 0.5 * string.radius * np.sqrt(omega * 1.225 / 1.81e-5)
    quality = (string.linear_density / (pi * string.radius**2)) / 1.225 * m**2 / (2 * sqrt(2) * m + 1)
    assert vibrator.air(omega, values) == pytest.approx(omega / (2 * quality), rel=1e-13)


def test_a_scene_retunes_at_its_exact_time() -> None:
    """Four times the tension from 0.2 s on: twice the frequency, and neither displacement nor speed jumps."""
    scene = Scene(name="up", start=0.2, parameters={"stiffness": 4.0})
    result = run([body(modes=1, inharmonicity=0.0)], scenes=[scene], excitations=[PLUCK | {"position": [0.5]}])
    sound, t = result.arrays["displacement"][:, 0] / result.arrays["displacement"][0, 0], result.time
    omega, tau = 200 * pi, result.time - 0.2
    q, v = np.cos(omega * 0.2), -np.sin(omega * 0.2)
    expected = np.where(t < 0.2, np.cos(omega * t), q * np.cos(2 * omega * tau) + 0.5 * v * np.sin(2 * omega * tau))
    assert np.abs(sound - expected).max() < 1e-11


def nonlinear(rate: float, **spec: Any) -> Result:
    """A single stretching mode, plucked to three centimetres."""
    string = body(modes=1, inharmonicity=0.0, axial_stiffness=4e4)
    hard = [PLUCK | {"position": [0.5], "amplitude": 0.03}]
    return run([string], method="nonlinear", sample_rate=rate, **{"excitations": hard, "frame_interval": 1e-3} | spec)


def duffing(time: float) -> float:
    """Displacement over amplitude of q'' + w^2 q + a q^3 = 0 at a time, by Jacobi's cn."""
    from scipy.special import ellipj

    s = (pi / 0.65) ** 2 / 4e-3
    start = 0.03 * sqrt(4e-3 * 0.65 / 2)
    cubic = 4e4 * s * s / (2 * 0.65) * start**2
    omega2 = (200 * pi) ** 2
    return float(ellipj(sqrt(omega2 + cubic) * time, cubic / (2 * (omega2 + cubic)))[1])


def test_stretching_sharpens_as_duffing_says_with_order_two() -> None:
    """One mode with tension modulation is Duffing's oscillator: against Jacobi's cn, with an error of order 2."""
    assert ellipk(0.0) == pytest.approx(pi / 2)
    errors = []
    for rate in (48_000.0, 96_000.0, 192_000.0):
        heard = nonlinear(rate, duration=0.05).arrays["displacement"][:, 0]
        exact = np.array([duffing(k * 1e-3) for k in range(len(heard))])
        errors.append(np.abs(heard / heard[0] - exact).max())
    orders = [log2(errors[0] / errors[1]), log2(errors[1] / errors[2])]
    assert orders == pytest.approx([2.0, 2.0], abs=0.1)
    assert errors[-1] < 1e-3


@pytest.mark.parametrize("rate", [48_000.0, 2_000.0, 300.0])
def test_stored_energy_never_rises_undriven(rate: float) -> None:
    """Lossless it stays to 1e-16 a step, lossy it falls from frame to frame, even where a rate resolves nothing."""
    strings = [body(modes=20)]
    hard = [PLUCK | {"amplitude": 0.03}]
    spec: dict[str, Any] = {
        "method": "nonlinear",
        "sample_rate": rate,
        "duration": 1.0,
        "frame_interval": 1 / 300,
        "excitations": hard,
    }
    free = run(strings, **spec).arrays["energy"][:, 0]
    assert np.abs(free / free[0] - 1).max() < max(1e-16 * rate, 1e-13)
    lossy = run([body(modes=20, decay_time=2.0, decay_time_1khz=0.5)], **spec).arrays["energy"][:, 0]
    assert (np.diff(lossy) <= 0).all()
    assert lossy[-1] < 0.5 * lossy[0]


def test_a_resting_bow_only_takes() -> None:
    """A bow that does not move is a brake: energy never rises, and its work is booked to 1e-10."""
    bow: dict[str, Any] = {"bows": [{"body": "a", "length": 10.0}], "bow_speed": 0.0, "bow_force": 1.0}
    result = run([body(modes=20)], method="nonlinear", duration=0.5, frame_interval=1e-3, **bow)
    energy = result.arrays["energy"][:, 0]
    assert (np.diff(energy) <= 1e-15 * energy[0]).all()
    assert energy[-1] < 0.1 * energy[0]
    assert result.header.certificate.invariants["energy"] < 1e-10


def test_a_bowed_string_sticks_and_slips_once_a_period() -> None:
    """Helmholtz' motion: after the attack a bowed string of 2 Hz slips about twice a second, as often as it swings."""
    string = body(frequency=2.0, length=20.0, linear_density=0.5, modes=20, inharmonicity=0.0, axial_stiffness=0.0)
    string |= {"decay_time": 20.0, "decay_time_1khz": 20.0}
    result = run(
        [string], method="nonlinear", sample_rate=2000.0, duration=20.0, frame_interval=0.05, excitations=[],
        bows=[{"body": "a", "position": 0.15, "length": 30.0}], bow_speed=0.2, bow_force=20.0, bow_grip=10.0,
    )  # fmt: skip
    slips = result.events.time[result.events.kind == result.header.event_kinds.index("slip")]
    late = slips[slips > 8.0]
    assert len(late) == pytest.approx(2.0 * 12.0, abs=1)
    assert np.diff(late).std() < 1e-4


def test_finite_differences_keep_the_bound_that_they_print() -> None:
    """Measured partials differ from the law by no more than the printed bound; lossless, their energy stays to
    1e-10."""
    string = body(modes=20, inharmonicity=2e-4)
    result = run([string], method="finite_differences", sample_rate=12_000.0, frame_interval=1 / 12_000, duration=1.0)
    parsed = StringBody(**string)
    printed = bound(parsed, grid(parsed, 12_000.0), 12_000.0, 8)
    assert f"{printed:.3f} cent" in result.header.certificate.notes[0]
    law = [100 * n * sqrt(1 + 2e-4 * n * n) for n in range(1, 9)]
    heard = [partial(result.arrays["displacement"][:, 0], 12_000, f) for f in law]
    worst = max(abs(cents(a, b)) for a, b in zip(heard, law, strict=True))
    assert 0.5 * printed < worst < 1.02 * printed
    energy = result.arrays["energy"][1:, 0]
    assert np.abs(energy / energy[0] - 1).max() < 1e-10


def test_finite_differences_at_sound_rate_are_within_a_cent_below_the_eighth_partial() -> None:
    """At 48 kHz the bound of a string of 155 points up to partial 7 is below one cent."""
    string = StringBody(**body(frequency=110.0, inharmonicity=1e-4))
    each = grid(string, 48_000.0)
    assert each.points > 100
    assert bound(string, each, 48_000.0, 7) < 1.0


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"bows": [{"body": "a"}]}, "set method to nonlinear"),
        ({"excitations": [PLUCK | {"body": "b"}]}, "there is no body 'b'"),
        ({"excitations": [PLUCK | {"position": [0.1, 0.2]}]}, "has 1 coordinate"),
        ({"strings": [body(), body()]}, "same name"),
        ({"strings": [body(decay_time=1.0)]}, "decay_time_1khz"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(spec: dict[str, Any], reason: str) -> None:
    """Bows without friction, bodies that are not there, points off the string."""
    base = {"duration": 1.0, "frame_interval": 0.1, "strings": [body()]}
    with pytest.raises(Refused, match=reason):
        check("string", base | spec, {})


def test_every_string_of_a_chord_is_a_body() -> None:
    """Twenty-four strings at most, each with its own modes."""
    assert len(system("string").bodies(check("string", dict(system("string").presets[0].spec), {}).spec, {}, 0)) == 6
