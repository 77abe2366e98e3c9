"""Envelopes, slow motions and the filter: closed forms, continuous, against outside formulas."""

import numpy as np
import pytest

from harmonic_audio.kernels.filters import state_variable
from harmonic_audio.synthesis.envelope import Envelope
from harmonic_audio.synthesis.lfo import Lfo, motion

RATE = 48_000.0


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
@pytest.mark.parametrize(("cutoff", "damping"), [(50.0, 0.05), (1000.0, 1.4), (9000.0, 0.3), (20_000.0, 2.0)])
def test_the_filter_has_the_response_of_the_bilinear_transform(mode: int, cutoff: float, damping: float) -> None:
    """Its impulse response, as a spectrum, is 1, d s or s^2 over s^2 + d s + 1 (their sum for the notch) to 1e-9."""
    size = 1 << 18
    impulse = np.zeros(size)
    impulse[0] = 1.0
    full = np.full(size, 1.0)
    found = np.fft.rfft(state_variable(impulse, cutoff * full, damping * full, mode, RATE, np.zeros(2)))[1:-1]
    z = np.exp(2j * np.pi * np.arange(1, size // 2) / size)
    s = (z - 1.0) / (z + 1.0) / np.tan(np.pi * cutoff / RATE)
    above = (1.0, damping * s, s * s, 1.0 + s * s)[mode]
    assert np.max(np.abs(found - above / (s * s + damping * s + 1.0))) < 1e-9


def test_the_filter_stays_bounded_however_its_cutoff_moves() -> None:
    """Cutoff and resonance thrown about at random every sample, at the highest Q of 20, for a second."""
    random = np.random.default_rng(1)
    cutoff = np.exp(random.uniform(np.log(10.0), np.log(23_000.0), 48_000))
    out = state_variable(random.uniform(-1, 1, 48_000), cutoff, np.full(48_000, 0.05), 0, RATE, np.zeros(2))
    assert np.all(np.isfinite(out)) and np.max(np.abs(out)) < 100.0


@pytest.mark.parametrize("curve", [-8.0, -2.0, 0.0, 2.0, 8.0])
def test_an_envelope_is_continuous_and_smooth_for_every_curvature(curve: float) -> None:
    """From 0 to 0, in 0..1, no step above what its steepest slope allows, and the level of any moment alone."""
    envelope = Envelope(0.05, 0.1, 0.5, 0.4, 0.2, curve, curve, curve)
    time = np.arange(0.0, 0.7, 1e-5)
    level = envelope.at(time)
    assert level[0] == 0.0 and level[-1] == 0.0 and level.max() <= 1.0 + 1e-12
    assert np.max(np.abs(np.diff(level))) < 1e-5 * np.pi / 2.0 / 0.05 * 9.0
    assert np.max(np.abs(np.diff(level, 2))) < 1e-4
    for at in (0.01, 0.1, 0.39, 0.5):
        assert envelope.at(np.array([at]))[0] == pytest.approx(np.interp(at, time, level), abs=1e-6)


def test_curvature_bends_the_way_it_says() -> None:
    """Above 0 an attack hurries and a decay has a long tail; below 0 the other way."""
    halfway = [Envelope(1.0, 1.0, 1.0, 2.0, 1.0, attack_curve=c).at(np.array([0.5]))[0] for c in (-3.0, 0.0, 3.0)]
    assert halfway == sorted(halfway) and halfway[1] == pytest.approx(0.5)
    late = [Envelope(0.0, 1.0, 0.0, 9.0, 1.0, decay_curve=c).at(np.array([5.0]))[0] for c in (-1.0, 0.0, 1.0)]
    assert late[0] < late[1] and late[1:] == pytest.approx([np.exp(-5.0), 1.0 / 6.0])


@pytest.mark.parametrize("shape", ["sine", "triangle", "square", "sample_and_hold"])
def test_a_slow_motion_is_bounded_without_jumps_and_begins_after_its_delay(shape: str) -> None:
    """In -1..1, nothing before the delay, its largest step that of an edge of 8 % of a cycle."""
    lfo = Lfo(target="pitch", shape=shape, rate_hz=4.0, depth=1.0, delay_s=0.5, fade_s=0.25)  # type: ignore[arg-type]
    time = np.arange(0.0, 3.0, 1e-4)
    found = motion(lfo, time, seed=3)
    assert np.max(np.abs(found)) <= 1.0 and np.max(np.abs(found)) > 0.6
    assert not np.any(found[time < 0.5])
    assert np.max(np.abs(np.diff(found))) < np.pi / 0.08 * 4.0 * 1e-4 * 1.1
    assert motion(lfo, np.array([1.2345]), seed=3)[0] == motion(lfo, np.array([0.1, 1.2345]), seed=3)[1]


def test_a_triangle_and_a_sine_cross_together() -> None:
    """Quarter points of the triangle: 0, 1, 0, -1."""
    lfo = Lfo(target="pan", shape="triangle", rate_hz=1.0, depth=1.0)
    np.testing.assert_allclose(motion(lfo, np.array([0.0, 0.25, 0.5, 0.75]), 0), [0.0, 1.0, 0.0, -1.0], atol=1e-12)
