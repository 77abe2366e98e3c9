"""Delay and chorus: echoes at their times and levels, copies at their pitch."""

import numpy as np
import pytest

from harmonic_audio.mix.chorus import ChorusEffect
from harmonic_audio.mix.echo import EchoEffect, delay_seconds
from harmonic_audio.soundscape.effects import Chorus, Delay

RATE = 48_000


def _click(seconds: float) -> np.ndarray:
    click = np.zeros((1, int(seconds * RATE)))
    click[0, 0] = 1.0
    return click


def test_echoes_come_in_tempo_left_and_right_in_turn() -> None:
    """Three quarters of a beat at 90 a minute are 0.5 s: echo k at k/2 s, on alternating sides, silent between."""
    settings = Delay(beats=0.75, feedback=0.5, level_db=0.0)
    assert delay_seconds(settings, 90.0) == pytest.approx(0.5)
    out = EchoEffect(settings, 90.0, RATE)(_click(2.2))
    for k in range(1, 5):
        side = (k - 1) % 2
        around = slice(k * RATE // 2, k * RATE // 2 + 2000)
        assert np.sum(out[side, around] ** 2) > 0.0 and not out[1 - side, around].any()
    assert out[0, RATE // 2] == 1.0 and not out[:, : RATE // 2].any()


def test_each_echo_is_the_one_before_through_the_filters() -> None:
    """The spectrum of echo k + 1 over that of echo k is feedback times the closed form of both one-pole filters."""
    settings = Delay(time_s=0.25, feedback=0.7, low_cut_hz=200.0, high_cut_hz=3000.0, ping_pong=False)
    out = EchoEffect(settings, 120.0, RATE)(_click(1.0))
    np.testing.assert_array_equal(out[0], out[1])
    second, third = (np.fft.rfft(out[0, k * RATE // 4 : (k + 1) * RATE // 4]) for k in (2, 3))
    z = np.exp(2j * np.pi * np.fft.rfftfreq(RATE // 4))
    low, high = np.exp(-2 * np.pi * 3000 / RATE), np.exp(-2 * np.pi * 200 / RATE)
    loop = 0.7 * (1 - low) / (1 - low / z) * 0.5 * (1 + high) * (1 - 1 / z) / (1 - high / z)
    np.testing.assert_allclose(third, loop * second, atol=1e-9)


def test_the_longest_feedback_dies_away() -> None:
    """At the end of the range the energy of each pass is at most 0.95 squared of the one before."""
    settings = Delay(time_s=0.01, feedback=0.95, low_cut_hz=10.0, high_cut_hz=20_000.0)
    out = EchoEffect(settings, 120.0, RATE)(_click(1.0))
    passes = np.sum(out.reshape(2, 100, 480)[:, 1:] ** 2, axis=(0, 2))
    assert np.all(passes[1:] <= 0.95**2 * passes[:-1] * (1 + 1e-12))


def test_the_chorus_swings_the_pitch_as_its_closed_form() -> None:
    """One copy of a tone is sin of the phase at t - d(t), d(t) = delay + depth sin(2 pi rate t), within -100 dB."""
    settings = Chorus(voices=1, rate_hz=3.0, depth_s=0.004, delay_s=0.012, level_db=0.0)
    n = np.arange(RATE)
    heard = ChorusEffect(settings, RATE)(np.sin(2 * np.pi * 997 / RATE * n)[None])
    for side, phase in enumerate((0.0, 0.5)):
        delay = RATE * (0.012 + 0.004 * np.sin(2 * np.pi * (3.0 * n / RATE + phase)))
        error = heard[side] - np.sin(2 * np.pi * 997 / RATE * (n - delay))
        assert np.abs(error[2000:]).max() < 1e-5


def test_a_chorus_keeps_the_power_of_what_it_is_sent() -> None:
    """The copies of a side together have the power of the noise within 1 dB: they are scaled by their number."""
    noise = np.random.default_rng(5).standard_normal((1, RATE))
    heard = ChorusEffect(Chorus(voices=4, level_db=0.0), RATE)(noise)[:, 4000:]
    np.testing.assert_allclose(10 * np.log10(np.mean(heard**2, axis=1)), 0.0, atol=1.0)
