"""The meter against EBU Tech 3341 and 3342 and against libebur128."""

import numpy as np
import pyebur128
import pytest

from harmonic_audio.loudness import Loudness, LoudnessMeter, true_peak
from harmonic_audio.synthesis.noise import uniform

RATE = 48_000


def _tone(*pieces: tuple[float, float], hz: float = 1000.0) -> np.ndarray:
    """Stereo sine in phase, pieces of (dBFS, seconds)."""
    level = np.concatenate([np.full(round(s * RATE), 10.0 ** (db / 20.0)) for db, s in pieces])
    return np.tile(level * np.sin(2 * np.pi * hz * np.arange(len(level)) / RATE), (2, 1))


def _measure(samples: np.ndarray, piece: int = 7_777) -> Loudness:
    meter = LoudnessMeter()
    for start in range(0, samples.shape[1], piece):
        meter.feed(samples[:, start : start + piece])
    return meter.loudness()


@pytest.mark.parametrize(
    ("pieces", "lufs"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_integrated_loudness_of_ebu_3341(pieces: list[tuple[float, float]], lufs: float) -> None:
    """Cases 1 to 5 of EBU Tech 3341 within 0.1 LU."""
    assert _measure(_tone(*pieces)).integrated_lufs == pytest.approx(lufs, abs=0.1)


def test_short_term_and_momentary_maxima_of_ebu_3341() -> None:
    """Cases 9 and 12: bursts whose short-term or momentary loudness is a constant -23."""
    short = _measure(_tone(*([(-20.0, 1.34), (-30.0, 1.66)] * 5)))
    assert short.short_term_max_lufs == pytest.approx(-23.0, abs=0.1)
    momentary = _measure(_tone(*([(-20.0, 0.18), (-30.0, 0.22)] * 25)))
    assert momentary.momentary_max_lufs == pytest.approx(-23.0, abs=0.1)


def test_momentary_maximum_is_found_wherever_a_burst_begins() -> None:
    """Case 13: a burst of 400 ms after i * 20 ms of silence reads -23 each time."""
    for i in range(0, 20, 3):
        burst = _measure(np.concatenate([np.zeros((2, i * 960)), _tone((-23.0, 0.4)), np.zeros((2, RATE))], axis=1))
        assert burst.momentary_max_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "range_lu"),
    [([-20, -30], 10.0), ([-20, -15], 5.0), ([-40, -20], 20.0), ([-50, -35, -20, -35, -50], 15.0)],
)
def test_loudness_range_of_ebu_3342(levels: list[float], range_lu: float) -> None:
    """Cases 1 to 4 of EBU Tech 3342 within 1 LU."""
    assert _measure(_tone(*((db, 20) for db in levels))).range_lu == pytest.approx(range_lu, abs=1.0)


@pytest.mark.parametrize(
    ("divisor", "degrees", "amplitude", "dbtp"),
    [(4, 0.0, 0.5, -6.0), (4, 45.0, 0.5, -6.0), (6, 60.0, 0.5, -6.0), (8, 67.5, 0.5, -6.0), (4, 45.0, 1.41, 3.0)],
)
def test_true_peak_of_ebu_3341(divisor: int, degrees: float, amplitude: float, dbtp: float) -> None:
    """Cases 15 to 19 within +0.2 and -0.4 dB."""
    n = np.arange(RATE)
    fade = np.minimum(1.0, np.minimum(n, n[::-1]) / 4800)
    read = 20 * np.log10(true_peak(fade * amplitude * np.sin(2 * np.pi * n / divisor + np.radians(degrees))))
    assert dbtp - 0.4 <= read <= dbtp + 0.2


def _music(seed: int) -> np.ndarray:
    """Decaying tones and noise, different left and right, with quiet stretches."""
    n = np.arange(RATE * 12)
    t = n / RATE
    burst = np.exp(-4 * (t % 0.7)) * (0.2 + (np.floor(t / 3) % 2))
    left = burst * np.sin(2 * np.pi * (220 + 40 * seed) * t) + 0.02 * (2 * uniform(seed, len(n)) - 1)
    right = 0.5 * burst * np.sin(2 * np.pi * 3100 * t + 1) + 0.1 * np.sin(2 * np.pi * 60 * t)
    return 0.5 * np.stack([left, right])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_meter_agrees_with_libebur128(seed: int) -> None:
    """Integrated within 0.01 LU, range within 0.01 LU, true peak within 0.05 dB."""
    samples = _music(seed)
    mode = pyebur128.MeasurementMode
    state = pyebur128.R128State(2, RATE, mode.MODE_I | mode.MODE_LRA | mode.MODE_TRUE_PEAK | mode.MODE_S)
    state.add_frames(np.ascontiguousarray(samples.T).ravel(), samples.shape[1])
    ours = _measure(samples)
    assert ours.integrated_lufs == pytest.approx(pyebur128.get_loudness_global(state), abs=0.01)
    assert ours.range_lu == pytest.approx(pyebur128.get_loudness_range(state), abs=0.01)
    theirs = max(pyebur128.get_true_peak(state, channel) for channel in (0, 1))
    assert 20 * np.log10(true_peak(samples) / theirs) == pytest.approx(0.0, abs=0.05)


def test_pieces_of_any_size_measure_the_same() -> None:
    """The measurement does not depend on how the samples arrive, to 1e-6 LU."""
    samples = _music(5)
    whole, small = _measure(samples, 10**9), _measure(samples, 1_111)
    assert whole.integrated_lufs == pytest.approx(small.integrated_lufs, abs=1e-6)
    assert whole.momentary_max_lufs == pytest.approx(small.momentary_max_lufs, abs=1e-6)


def test_silence_has_no_loudness() -> None:
    """Silence reads None, not minus infinity."""
    assert _measure(np.zeros((2, RATE * 4))) == Loudness(None, None, None, None)
    assert true_peak(np.zeros((2, 100))) == 0.0
