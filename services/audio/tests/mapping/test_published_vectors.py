"""The numbers that other sonification tools publish: astronify, sonipy, Highcharts (its behaviour) and STRAUSS."""

from typing import Any

import numpy as np
import pytest

from harmonic_audio.mapping.motion import MappingError, SoundClock
from harmonic_audio.mapping.quantising import along, ladder, note_hz
from harmonic_audio.mapping.series import resampled
from harmonic_audio.mapping.transforms import between, cents_per_unit, limits, share, transformed, unwrapped
from harmonic_audio.mapping.values import fraction, value_of
from harmonic_audio.soundscape import Limits, ValueRule
from harmonic_audio.tuning.pitch import hz_of_midi, name_of

QUARTERS = np.array([1.0, 0.0, 0.25, 0.75])


def _pitch(data: Any, zero: float | str = "median", *, low: float = 400.0, high: float = 500.0, **rule: Any) -> Any:
    """astronify's mapping: limits, stretch, polarity, then the zero point to 450 Hz, in linear hertz."""
    center = {"value": zero, "center": (450.0 - low) / (high - low)}
    declared = {"source": "strength", "low": low, "high": high, "zero": center, **rule}
    return value_of(ValueRule.model_validate(declared), np.asarray(data, dtype=float))


@pytest.mark.parametrize(
    ("data", "rule", "hertz"),
    [
        (QUARTERS, {}, [500.0, 400.0, 425.0, 475.0]),
        (QUARTERS, {"polarity": "down"}, [400.0, 500.0, 475.0, 425.0]),
        ([10.0, 20.0, 12.5, 17.5], {}, [400.0, 500.0, 425.0, 475.0]),
        (QUARTERS, {"low": 300.0}, [500.0, 400.0, 425.0, 475.0]),
        (QUARTERS, {"high": 600.0}, [500.0, 400.0, 425.0, 475.0]),
        ([1.0, 0.0, -1.0, 2.0], {"limits": {"kind": "absolute", "low": 0, "high": 1}}, [500.0, 400.0, 400.0, 500.0]),
        (QUARTERS, {"limits": {"kind": "absolute", "low": 0, "high": 1}}, [500.0, 400.0, 425.0, 475.0]),
    ],
)
def test_astronify_linear(data: Any, rule: dict[str, Any], hertz: list[float]) -> None:
    """Linear stretches, turned round, with unequal ranges about the center, and with limits of values."""
    np.testing.assert_allclose(_pitch(data, **rule), hertz, rtol=1e-15, atol=0)


def test_astronify_percentiles() -> None:
    """Percentiles 20 and 80, the zero point counted among the data."""
    found = _pitch([1.1, -0.1, 1.0, 0.0, 0.25, 0.75], limits={"low": 20, "high": 80})
    np.testing.assert_allclose(found, [500, 400, 500, 400, 422.0 + 2 / 9, 477.0 + 7 / 9], rtol=1e-14)


@pytest.mark.parametrize(
    ("stretch", "zero", "bent"),
    [
        ("asinh", 0.21271901209248895, np.arcsinh(QUARTERS * 10) / np.arcsinh(10)),
        ("sinh", 0.7713965391706435, np.sinh(QUARTERS * 3) / np.sinh(3)),
        ("sqrt", 0.25, np.sqrt(QUARTERS)),
        ("log", 0.030638584039112748, np.log(1000 * QUARTERS + 1) / np.log(1001)),
    ],
)
def test_astronify_stretches(stretch: str, zero: float, bent: Any) -> None:
    """Each stretch with the zero point that keeps 450 Hz in the middle."""
    np.testing.assert_allclose(_pitch(QUARTERS, zero, stretch=stretch), 400 + 100 * bent, rtol=1e-14)


def test_astronify_constant_series_sounds_the_center() -> None:
    """Equal data give the center pitch, wherever it lies in the range."""
    np.testing.assert_array_equal(_pitch([3.0, 3.0], low=430.0), [450.0, 450.0])


def test_sonipy_cents_per_value() -> None:
    """C4 to 4 C4 over [0, 1] is 2400 cents a unit, over [-100, 100] 12; the ends come back."""
    c4 = 261.6
    assert cents_per_unit(c4, 4 * c4, 0, 1) == 2400.0
    assert cents_per_unit(c4, 4 * c4, -100, 100) == 12.0
    ends = between(c4, 4 * c4, share(np.array([-100.0, 0.0, 100.0]), -100.0, 100.0), "geometric")
    np.testing.assert_allclose(ends, [c4, 2 * c4, 4 * c4], rtol=1e-15)


@pytest.mark.parametrize("times", [[0, 1.0, 2], [0, 0.5, 3], [2, 3, 7]])
def test_sonipy_starts(times: list[float]) -> None:
    """Onsets begin at 0, keep the ratios of the gaps, and end at the total time."""
    at = SoundClock(times[0], times[-1], 0.2).seconds(np.array(times))
    assert at[0] == 0.0 and at[-1] == 0.2
    scale = (times[-1] - times[0]) / 0.2
    np.testing.assert_allclose(np.diff(at), np.diff(times) / scale, rtol=1e-14)


MAJOR, MINOR = (0.0, 2.0, 4.0, 5.0, 7.0, 9.0, 11.0), (0.0, 2.0, 3.0, 5.0, 7.0, 8.0, 10.0)


@pytest.mark.parametrize(
    ("scale", "tonic", "ends", "count", "notes"),
    [
        (MAJOR, 24, (24, 48), 15, [24, 26, 28, 29, 31, 33, 35, 36, 38, 40, 41, 43, 45, 47, 48]),
        (MINOR, 37, (37, 61), 15, [37, 39, 40, 42, 44, 45, 47, 49, 51, 52, 54, 56, 57, 59, 61]),
        ((0.0,), 12, (12, 96), 9, [12, 24, 36, 48, 60, 60, 72, 84, 96]),
    ],
)
def test_highcharts_scales(
    scale: tuple[float, ...], tonic: int, ends: tuple[int, int], count: int, notes: list[int]
) -> None:
    """Data 1, 2, 3, ... over a range of notes on a scale; polarity turned round reverses them."""
    rungs = ladder(scale, tonic, *ends)
    at = share(np.arange(1.0, count + 1.0), 1.0, count)
    assert along(at, rungs).tolist() == notes
    turned = along(1.0 - at, rungs).tolist()
    assert turned == notes[::-1]


def test_highcharts_detuned_scale_is_not_rounded() -> None:
    """A scale of fractions of semitones keeps them in every octave."""
    scale = (0.3, 1.8, 4.2, 5.1, 6.75, 9.22, 11.1)
    rungs = ladder(scale, 24, 24, 48)
    np.testing.assert_allclose(rungs, [24 + 12 * octave + step for octave in (0, 1) for step in scale], rtol=1e-14)


def test_highcharts_signed_log() -> None:
    """The symmetric logarithm of -10000 to 10000, on 0 to 100, to the published three decimals."""
    data = np.array([-1e4, -1e3, -100, -10, -1, -0.1, 0, 0.1, 1, 10, 100, 1e3, 1e4])
    moved = transformed(data, "signed_log")
    found = between(0.0, 100.0, share(moved, moved[0], moved[-1]))
    published = [0, 12.5, 25, 37.5, 46.516, 49.532, 50, 50.468, 53.484, 62.5, 75, 87.5, 100]
    np.testing.assert_array_equal(np.round(found, 3), published)


def test_strauss_percentile_limits() -> None:
    """0 % to 90 % of 0..9 and an outlier of 100; a percentile of 110 reaches a tenth beyond the largest value."""
    data = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100.0])
    rule = ValueRule(source="strength", low=0, high=1, limits=Limits(low=0, high=90))
    np.testing.assert_allclose(value_of(rule, data), [*(np.arange(10) / 9), 1.0], rtol=1e-15)
    assert limits(np.array([10.0, 20.0]), 0, 110, percentile=True) == pytest.approx((10.0, 21.0), rel=1e-15)


def test_strauss_limits_of_transformed_data() -> None:
    """Data beyond absolute limits are held; a logarithm of 1, 10, 100 on [0, 0.5]."""
    held = ValueRule(source="strength", low=0, high=24, limits=Limits(kind="absolute", low=0, high=1))
    np.testing.assert_array_equal(value_of(held, np.array([0.0, 12.0, 24.0])), [0, 24, 24])
    log = ValueRule(source="strength", low=0, high=0.5, transform="log")
    np.testing.assert_allclose(value_of(log, np.array([1.0, 10.0, 100.0])), [0, 0.25, 0.5], rtol=1e-15)


def test_strauss_evolving_interpolation_and_azimuth() -> None:
    """Linear between samples, level outside; an azimuth from 0.9 to 0.1 of a turn passes through 1."""
    time, volume = np.array([0.0, 1.0, 2.0]), np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(resampled(time, volume, np.array([0.5, 1.5, -1, 3])), [0.3, 0.7, 0.1, 0.9], rtol=1e-15)
    turn = resampled(time[:2], unwrapped(np.array([0.9, 0.1]), 1.0), np.array([0.5, 0.1]))
    np.testing.assert_allclose(turn, [1.0, 0.92], rtol=1e-14)


def test_strauss_notes() -> None:
    """A4 = 440 Hz, lower case, accidentals, MIDI 0 is C-1 and 127 is G9; what is no note is refused."""
    c0 = 16.351597831287415
    found = [note_hz(name) for name in ("A4", "C4", "c4", "C#4", "Db4", "B3", "A5", "A3")]
    semitone = 2 ** (1 / 12)
    expected = [440, c0 * 16, c0 * 16, c0 * 16 * semitone, c0 * 16 * semitone, c0 * 16 / semitone, 880, 220]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert [name_of(hz_of_midi(n)) for n in (0, 21, 60, 69, 108, 127)] == ["C-1", "A0", "C4", "A4", "C8", "G9"]
    for wrong in ("X4", "A", "A4#"):
        with pytest.raises(ValueError, match="not a"):
            note_hz(wrong)


def test_no_numbers_at_all_are_refused_by_limits_and_stand_in_the_middle_of_a_rule() -> None:
    """Percentiles of unknown data have no answer; a rule of notes gives each the middle, as each unknown one."""
    with pytest.raises(MappingError, match="there is no number"):
        limits(np.full(3, np.nan), 0, 100, percentile=True)
    rule = ValueRule(source="strength", low=0, high=1)
    np.testing.assert_array_equal(fraction(np.full(3, np.nan), rule), [0.5, 0.5, 0.5])
