"""The meter against all cases of EBU Tech 3341 and 3342 that can be synthesised, and against libebur128."""

import time

import numpy as np
import pyebur128
import pytest
from services.audio.tests.loudness.signals import (
    RATE,
    Floats,
    Libebur128,
    levels,
    music,
    peak_between_samples,
    peak_sine,
    silence,
    tone,
)

from harmonic_audio.loudness import Loudness, LoudnessMeter, TruePeakMeter, channel_weights, true_peak, true_peaks
from harmonic_audio.loudness.weighting import biquads

CASES_OF_3341 = {
    1: ([(-23, 20)], -23.0),
    2: ([(-33, 20)], -33.0),
    3: ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
    4: ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    5: ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
}


def _meter(samples: Floats, piece: int = 48_000) -> LoudnessMeter:
    meter = LoudnessMeter(len(samples))
    for start in range(0, samples.shape[1], piece):
        meter.feed(samples[:, start : start + piece])
    return meter


def _course(samples: Floats, hop_s: float = 0.01) -> tuple[Floats, Floats]:
    """Momentary and short-term loudness as a live meter reads them, each 10 ms."""
    return _meter(samples).course(round(hop_s * 100))


def test_the_filter_is_the_one_of_the_standard() -> None:
    """At 48 kHz the coefficients are those printed in BS.1770-5 annex 1."""
    shelf = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)
    high_pass = (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621)
    assert biquads(RATE) == pytest.approx(np.array([shelf, high_pass]), abs=1e-13)


@pytest.mark.parametrize("case", CASES_OF_3341)
def test_integrated_loudness_of_ebu_3341(case: int) -> None:
    """Cases 1 to 5: within 0.1 LU of the table and 0.01 LU of libebur128; case 1 and 2 read the same on M and S."""
    pieces, lufs = CASES_OF_3341[case]
    samples = tone(*pieces)
    read = _meter(samples).loudness()
    assert read.integrated_lufs == pytest.approx(lufs, abs=0.1)
    mode = pyebur128.MeasurementMode
    theirs = pyebur128.R128State(2, RATE, mode.MODE_I | mode.MODE_LRA)
    theirs.add_frames(np.ascontiguousarray(samples.T).ravel(), samples.shape[1])
    assert read.integrated_lufs == pytest.approx(pyebur128.get_loudness_global(theirs), abs=0.01)
    assert read.range_lu == pytest.approx(pyebur128.get_loudness_range(theirs), abs=0.01)
    if case in (1, 2):
        assert read.momentary_max_lufs == pytest.approx(lufs, abs=0.1)
        assert read.short_term_max_lufs == pytest.approx(lufs, abs=0.1)


def test_surround_of_ebu_3341() -> None:
    """Case 6: five channels at -28, -28, -24, -30 and -30 dBFS read -23."""
    samples = tone((0, 20), channels=5) * 10.0 ** (np.array([-28, -28, -24, -30, -30]) / 20)[:, None]
    assert _meter(samples).loudness().integrated_lufs == pytest.approx(-23.0, abs=0.1)


def test_short_term_of_ebu_3341() -> None:
    """Case 9: short-term loudness is -23 at every moment after 3 s."""
    _, short = _course(tone(*([(-20.0, 1.34), (-30.0, 1.66)] * 5)))
    assert np.abs(short + 23.0).max() <= 0.1


def test_momentary_of_ebu_3341() -> None:
    """Case 12: momentary loudness is -23 at every moment after 1 s."""
    momentary, _ = _course(tone(*([(-20.0, 0.18), (-30.0, 0.22)] * 25)))
    assert np.abs(momentary[60:] + 23.0).max() <= 0.1


@pytest.mark.parametrize("i", range(20))
def test_maxima_are_found_wherever_a_burst_begins(i: int) -> None:
    """Cases 10 and 13: bursts of 3 s after i x 150 ms, and of 400 ms after i x 20 ms, read -23 each time."""
    long = _meter(np.hstack([silence(0.15 * i), tone((-23, 3)), silence(1)])).loudness()
    assert long.short_term_max_lufs == pytest.approx(-23.0, abs=0.1)
    short = _meter(np.hstack([silence(0.02 * i), tone((-23, 0.4)), silence(1)])).loudness()
    assert short.momentary_max_lufs == pytest.approx(-23.0, abs=0.1)


def test_live_maxima_rise_with_the_bursts() -> None:
    """Cases 11 and 14: in one programme of ever louder bursts the running maximum reads -38 + i after each."""
    for burst_s, gap_s, which in ((3.0, 0.15, 1), (0.4, 0.02, 0)):
        meter = LoudnessMeter()
        for i in range(20):
            meter.feed(np.hstack([silence(gap_s * i), tone((-38 + i, burst_s)), silence(1)]))
            loudness = meter.loudness()
            read = (loudness.momentary_max_lufs, loudness.short_term_max_lufs)[which]
            assert read == pytest.approx(-38 + i, abs=0.1)


@pytest.mark.parametrize(
    ("of", "range_lu"),
    [([-20, -30], 10.0), ([-20, -15], 5.0), ([-40, -20], 20.0), ([-50, -35, -20, -35, -50], 15.0)],
)
def test_loudness_range_of_ebu_3342(of: list[float], range_lu: float) -> None:
    """Cases 1 to 4 of EBU Tech 3342 within 1 LU, and within 0.01 LU of libebur128."""
    samples = tone(*((db, 20) for db in of))
    read = _meter(samples).loudness().range_lu
    assert read == pytest.approx(range_lu, abs=1.0)
    theirs = pyebur128.R128State(2, RATE, pyebur128.MeasurementMode.MODE_LRA)
    theirs.add_frames(np.ascontiguousarray(samples.T).ravel(), samples.shape[1])
    assert read == pytest.approx(pyebur128.get_loudness_range(theirs), abs=0.01)


@pytest.mark.parametrize(
    ("samples", "dbtp"),
    [
        (peak_sine(4, 0.0, 0.5), -6.0),
        (peak_sine(4, 45.0, 0.5), -6.0),
        (peak_sine(6, 60.0, 0.5), -6.0),
        (peak_sine(8, 67.5, 0.5), -6.0),
        (peak_sine(4, 45.0, 1.41), 3.0),
        *((peak_between_samples(offset), 0.0) for offset in range(4)),
    ],
    ids=range(15, 24),
)
def test_true_peak_of_ebu_3341(samples: Floats, dbtp: float) -> None:
    """Cases 15 to 23 within +0.2 and -0.4 dB, and within 0.05 dB of libebur128."""
    read = 20 * np.log10(true_peak(samples))
    assert dbtp - 0.4 <= read <= dbtp + 0.2
    assert read == pytest.approx(Libebur128(samples, peaks=True).true_peak_db, abs=0.05)


@pytest.mark.parametrize(("seed", "channels"), [(1, 2), (2, 1), (3, 5), (4, 6), (5, 8)])
def test_the_meter_agrees_with_libebur128(seed: int, channels: int) -> None:
    """Mono, stereo, 5.0, 5.1 and 7.1: every reading within 0.01 LU."""
    samples = np.vstack([music(seed + pair, seconds=12 if channels < 3 else 7) for pair in range(4)])[:channels]
    ours, theirs = _meter(samples, 7_777).loudness(), Libebur128(samples)
    assert ours.integrated_lufs == pytest.approx(theirs.integrated, abs=0.01)
    assert ours.range_lu == pytest.approx(theirs.range, abs=0.01)
    assert ours.momentary_max_lufs == pytest.approx(theirs.momentary_max, abs=0.01)
    assert ours.short_term_max_lufs == pytest.approx(theirs.short_max, abs=0.01)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 96_000])
def test_other_sample_rates_agree_with_libebur128(rate: int) -> None:
    """The same noise-like samples at other rates: integrated within 0.02 LU, true peak within 0.05 dB up to 48 kHz."""
    samples = music(7, seconds=6)[:, : 5 * rate]
    meter = LoudnessMeter(2, rate)
    meter.feed(samples)
    assert meter.loudness().integrated_lufs == pytest.approx(Libebur128(samples, rate).integrated, abs=0.02)
    if rate <= RATE:
        theirs = Libebur128(samples, rate, peaks=True).true_peak_db
        assert 20 * np.log10(true_peak(samples)) == pytest.approx(theirs, abs=0.05)


def test_pieces_of_any_size_measure_the_same_to_the_bit() -> None:
    """Loudness and true peak do not depend on how the samples arrive."""
    samples = music(5)
    whole, peak = _meter(samples, 10**9).loudness(), TruePeakMeter()
    peak.feed(samples)
    for sizes in ([1_111], [480], [1, 479, 48_000], [7]):
        stretch = samples if sizes != [7] else samples[:, : 4 * RATE]
        meter, peaks, start, turn = LoudnessMeter(), TruePeakMeter(), 0, 0
        while start < stretch.shape[1]:
            stop = start + sizes[turn % len(sizes)]
            meter.feed(stretch[:, start:stop])
            if len(sizes) > 1 or sizes[0] > 7:
                peaks.feed(stretch[:, start:stop])
            start, turn = stop, turn + 1
        if sizes != [7]:
            assert meter.loudness() == whole and list(peaks.peaks()) == list(peak.peaks())
        else:
            assert meter.loudness() == _meter(stretch, 10**9).loudness()


def test_the_true_peak_of_a_stretch_is_the_highest_of_its_samples() -> None:
    """The levels of single samples and the meter's reading are of one kind; float32 reads as float64 does."""
    left = music(6, seconds=3)[0]
    assert true_peaks(left).max() == true_peak(left)
    assert true_peak(left.astype(np.float32)) == pytest.approx(true_peak(left), rel=1e-6)
    assert np.all(true_peaks(left) >= np.abs(left))


def test_a_gain_may_be_applied_after_the_measurement() -> None:
    """Readings with a gain are those of the amplified signal: the absolute gate moves with it."""
    samples = tone((-80, 10), (-60, 10))
    louder = _meter(samples * 4.0).loudness()
    assert _meter(samples).loudness(4.0).integrated_lufs == pytest.approx(louder.integrated_lufs, abs=1e-9)


def test_silence_has_no_loudness() -> None:
    """Silence reads None, not minus infinity; so does what is shorter than a window."""
    meter = _meter(np.zeros((2, RATE * 4)))
    assert meter.loudness() == Loudness(None, None, None, None)
    assert meter.momentary() is None and _meter(tone((-20, 0.3))).momentary() is None
    assert true_peak(np.zeros((2, 100))) == 0.0


def test_the_last_moments_are_read_live() -> None:
    """Momentary and short-term loudness are those of the last 400 ms and 3 s."""
    meter = _meter(tone((-40, 5), (-23, 3), (-33, 0.4)))
    assert meter.momentary() == pytest.approx(-33.0, abs=0.1)
    assert meter.short_term() == pytest.approx(-23.6, abs=0.2)


def test_false_shapes_are_refused_with_what_is_right() -> None:
    """Another number of channels, an unknown length of a layout, and a rate too low name what is expected."""
    with pytest.raises(ValueError, match=r"\(2, n\)"):
        LoudnessMeter().feed(np.zeros((3, 10)))
    with pytest.raises(ValueError, match="6 channels, not 2"):
        channel_weights(2, "5.1")
    with pytest.raises(ValueError, match="2000 Hz"):
        LoudnessMeter(2, 1000)


def test_a_minute_is_measured_in_a_fifth_of_a_second_of_processor_time() -> None:
    """Integrated loudness and true peak of 60 s stereo: at least 300 times real time, and faster than libebur128."""
    samples = np.tile(music(1), 5).astype(np.float32)
    mine, theirs = [], []
    for _ in range(3):
        start = time.process_time()
        meter, peaks = LoudnessMeter(), TruePeakMeter()
        for at in range(0, samples.shape[1], RATE):
            meter.feed(samples[:, at : at + RATE])
            peaks.feed(samples[:, at : at + RATE])
        assert meter.loudness().integrated_lufs is not None and peaks.peak() > 0
        mine.append(time.process_time() - start)
    flat, mode = np.ascontiguousarray(samples.T).ravel(), pyebur128.MeasurementMode
    state = pyebur128.R128State(2, RATE, mode.MODE_I | mode.MODE_TRUE_PEAK)
    start = time.process_time()
    state.add_frames(flat, samples.shape[1])
    theirs.append(time.process_time() - start)
    assert 60 / min(mine) >= 300 and min(mine) < min(theirs)


def test_levels_are_made_as_the_table_says() -> None:
    """The signals themselves: -20 dBFS is an amplitude of 0.1."""
    assert levels((-20, 0.1)) == pytest.approx(np.full(4800, 0.1))
