"""The compressor: its static curve, its times and its key against closed forms."""

import numpy as np
import pytest

from harmonic_audio.mix.compressor import CompressorEffect, static_curve
from harmonic_audio.soundscape.effects import Compressor

RATE = 48_000


def _level(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.abs(samples[0, -1])))


@pytest.mark.parametrize(("threshold", "ratio", "knee"), [(-20.0, 4.0, 0.0), (-30.0, 2.0, 12.0), (-10.0, 100.0, 6.0)])
@pytest.mark.parametrize("level", [-60.0, -36.0, -30.0, -25.0, -18.0, -8.0, 0.0])
def test_a_steady_level_comes_out_on_the_static_curve(
    threshold: float, ratio: float, knee: float, level: float
) -> None:
    """Below the knee as it was, above it 1 / ratio as steep, a parabola between: within 1e-6 dB."""
    settings = Compressor(threshold_db=threshold, ratio=ratio, knee_db=knee, attack_s=0.001, makeup_db=3.0)
    steady = np.full((1, RATE // 4), 10 ** (level / 20))
    over = level - threshold
    if 2 * over <= -knee:
        expected = level
    elif 2 * over < knee:
        expected = level + (1 / ratio - 1) * (over + knee / 2) ** 2 / (2 * knee)
    else:
        expected = threshold + over / ratio
    assert _level(CompressorEffect(settings, 1, RATE)(steady)) == pytest.approx(expected + 3.0, abs=1e-6)
    assert static_curve(settings, np.array([level]))[0] == pytest.approx(expected + 3.0, abs=1e-12)


def test_attack_and_release_are_exponentials_of_their_time_constants() -> None:
    """After a step up the gain in dB is G (1 - exp(-t / attack)); after the step down G exp(-t / release)."""
    settings = Compressor(threshold_db=-20, ratio=4, knee_db=0, attack_s=0.02, release_s=0.1)
    sound = np.r_[np.full(RATE // 2, 1.0), np.full(RATE // 2, 0.01)][None]
    gain = 20 * np.log10(CompressorEffect(settings, 1, RATE)(sound)[0] / sound[0])
    n = np.arange(RATE // 2) + 1.0
    np.testing.assert_allclose(gain[: RATE // 2], -15 * (1 - np.exp(-n / (0.02 * RATE))), atol=1e-8)
    np.testing.assert_allclose(gain[RATE // 2 :], gain[RATE // 2 - 1] * np.exp(-n / (0.1 * RATE)), atol=1e-8)


def test_all_channels_get_one_gain_and_a_key_steers_instead() -> None:
    """The loudest channel decides for all, so that nothing moves in space; keyed by silence nothing happens."""
    settings = Compressor(threshold_db=-20, ratio=8)
    sound = np.random.default_rng(1).standard_normal((3, 5000)) * np.array([[0.01], [1.0], [0.1]])
    heard = CompressorEffect(settings, 3, RATE)(sound)
    gain = heard / sound
    np.testing.assert_allclose(gain[0], gain[1], rtol=1e-12)
    assert gain.min() < 0.5
    np.testing.assert_array_equal(CompressorEffect(settings, 3, RATE).keyed(sound, np.zeros((1, 5000))), sound)
    ducked = CompressorEffect(settings, 1, RATE).keyed(sound[:1], sound)
    np.testing.assert_allclose(ducked, heard[:1], rtol=1e-12)
    with pytest.raises(ValueError, match="give both the same run"):
        CompressorEffect(settings, 3, RATE).keyed(sound, np.zeros((1, 5)))


def test_silence_and_extremes_stay_finite() -> None:
    """Silence comes out as silence; a million times full scale, at every end of the ranges, as a finite number."""
    for settings in (
        Compressor(threshold_db=-80, ratio=100, knee_db=0, attack_s=0, release_s=0, makeup_db=36),
        Compressor(threshold_db=0, ratio=1, knee_db=24, attack_s=1, release_s=5, makeup_db=-24),
    ):
        assert not CompressorEffect(settings, 1, RATE)(np.zeros((1, 100))).any()
        assert np.all(np.isfinite(CompressorEffect(settings, 1, RATE)(np.full((1, 100), 1e6))))
