"""Position, room, limiter and mastering."""

import numpy as np
import pytest

from harmonic_audio.loudness import true_peak
from harmonic_audio.mix.limiter import limited, sliding_minimum, smooth_gain
from harmonic_audio.mix.mastering import Mastering
from harmonic_audio.mix.pan import constant_power
from harmonic_audio.mix.reverb import Room, impulse_response
from harmonic_audio.soundscape import Mix, Reverb
from harmonic_audio.synthesis.noise import uniform

RATE = 48_000


def _clicks(seconds: float = 6.0, level: float = 1.0) -> np.ndarray:
    """Loud short tones over a quiet bed: much higher peaks than loudness."""
    t = np.arange(int(seconds * RATE)) / RATE
    tones = np.exp(-40 * (t % 0.5)) * np.sin(2 * np.pi * 2900 * t + 0.4)
    return (level * np.stack([tones, 0.9 * tones]) + 0.02 * np.sin(2 * np.pi * 200 * t)).astype(np.float32)


def test_pan_keeps_the_power() -> None:
    """left^2 + right^2 = 1 everywhere to 1e-12; the ends are silent on the other side."""
    gains = constant_power(np.linspace(-1, 1, 101))
    np.testing.assert_allclose((gains**2).sum(axis=0), 1.0, atol=1e-12)
    np.testing.assert_allclose(gains[:, 0], [1.0, 0.0], atol=1e-12)


def test_the_tail_fades_by_sixty_decibels_in_its_time() -> None:
    """Backward-integrated energy falls by 60 dB in decay_s within 10 % (Schroeder 1965)."""
    tail = impulse_response(Reverb(decay_s=1.5, damping_hz=16_000, predelay_s=0.0), RATE)[0]
    energy = 10 * np.log10(np.cumsum((tail**2)[::-1])[::-1] / np.sum(tail**2) + 1e-15)
    five, thirty_five = (int(np.argmax(energy < level)) for level in (-5, -35))
    assert 2 * (thirty_five - five) / RATE == pytest.approx(1.5, rel=0.1)


def test_the_room_is_the_convolution_whatever_its_pieces() -> None:
    """Overlap-save equals the direct convolution to -110 dB."""
    settings = Reverb(decay_s=0.3, level_db=0.0)
    room = Room.of(settings, RATE)
    send = (2 * uniform(4, 2 * room.hop + 1000) - 1).astype(np.float32)
    pieces = [room.wet(send, start) for start in range(0, len(send), room.hop)]
    tail = impulse_response(settings, RATE)
    size = 1 << (len(send) + tail.shape[1]).bit_length()
    exact = np.fft.irfft(np.fft.rfft(send, size) * np.fft.rfft(tail, size), size)[:, : len(send)]
    error = np.concatenate(pieces, axis=1) - exact
    assert 20 * np.log10(np.sqrt(np.mean(error**2)) / np.sqrt(np.mean(exact**2))) < -110


def test_sliding_minimum_is_the_minimum_of_each_window() -> None:
    """It agrees with the definition for every width."""
    values = uniform(9, 200)
    for width in (1, 2, 3, 7, 64, 199):
        expected = np.lib.stride_tricks.sliding_window_view(values, width).min(axis=1)
        np.testing.assert_array_equal(sliding_minimum(values, width), expected)


def test_the_gain_is_nowhere_above_what_is_needed() -> None:
    """Smoothing never lets a peak through."""
    needed = np.minimum(1.0, 0.3 + uniform(3, 5_000))
    assert np.all(smooth_gain(needed, 50) <= needed[100:-100] + 1e-12)


def test_the_limiter_holds_the_ceiling_between_the_samples_and_does_not_depend_on_the_cut() -> None:
    """True peak is at most the ceiling + 0.02 dB; pieces joined equal the whole; quiet stretches are untouched."""
    samples = _clicks(2.0).astype(np.float64)
    whole = limited(samples, 0, samples.shape[1], 0.5, RATE)
    assert true_peak(whole) <= 0.5 * 10 ** (0.02 / 20)
    pieces = [limited(samples, at, min(at + 10_007, samples.shape[1]), 0.5, RATE) for at in range(0, 96_000, 10_007)]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-12)
    np.testing.assert_allclose(whole[:, 15_000:20_000], samples[:, 15_000:20_000], rtol=1e-14)


@pytest.mark.parametrize("target", [-23.0, -16.0, -14.0])
def test_a_master_lands_on_its_target_under_its_ceiling(target: float) -> None:
    """Within 0.05 LU of the target, true peak not above -1 dBTP, though the mix has high peaks."""
    mastering = Mastering(_clicks(), Mix(target_lufs=target, ceiling_dbtp=-1.0), RATE)
    assert list(mastering.steps())[-1] == 1.0
    level = mastering.level
    assert level.loudness.integrated_lufs == pytest.approx(target, abs=0.05)
    whole = np.concatenate([mastering.piece(start) for start in mastering.starts], axis=1)
    assert 20 * np.log10(true_peak(whole)) <= -1.0
    assert level.true_peak_dbtp == pytest.approx(20 * np.log10(true_peak(whole)), abs=1e-3)


def test_silence_is_mastered_to_silence() -> None:
    """Nothing to measure: no gain, no error."""
    mastering = Mastering(np.zeros((2, RATE), dtype=np.float32), Mix(), RATE)
    list(mastering.steps())
    assert mastering.level.gain == 1.0 and mastering.level.loudness.integrated_lufs is None
