"""The equaliser against the analogue prototypes of the cookbook, and against scipy's own filter."""

import numpy as np
import pytest
from scipy.signal import freqz, lfilter

from harmonic_audio.mix.equaliser import EqualiserEffect, section
from harmonic_audio.soundscape.effects import Band, Equaliser

RATE = 48_000


def _analogue(band: Band, s: np.ndarray) -> np.ndarray:
    """H(s) of the cookbook, s in units of the corner."""
    a, q = 10 ** (band.gain_db / 40), band.q
    root = np.sqrt(a) / q
    if band.kind == "peak":
        return (s * s + s * a / q + 1) / (s * s + s / (a * q) + 1)
    if band.kind == "low_shelf":
        return a * (s * s + root * s + a) / (a * s * s + root * s + 1)
    if band.kind == "high_shelf":
        return a * (a * s * s + root * s + 1) / (s * s + root * s + a)
    return (s * s if band.kind == "high_pass" else 1) / (s * s + s / q + 1)


@pytest.mark.parametrize("kind", ["peak", "low_shelf", "high_shelf", "high_pass", "low_pass"])
@pytest.mark.parametrize(("hertz", "gain", "q"), [(100.0, 6.0, 0.7071), (1000.0, -12.0, 4.0), (9000.0, 18.0, 1.0)])
def test_a_band_is_its_analogue_prototype_under_the_bilinear_transform(
    kind: str, hertz: float, gain: float, q: float
) -> None:
    """The response to a click, by FFT, agrees with H(s) at every frequency within 1e-6 dB above -100 dB."""
    band = Band.model_validate({"kind": kind, "frequency_hz": hertz, "gain_db": gain, "q": q})
    click = np.zeros((1, 1 << 16))
    click[0, 0] = 1.0
    heard = np.fft.rfft(EqualiserEffect(Equaliser(bands=[band]), 1, RATE)(click)[0])[1:-1]
    turn = np.tan(np.pi * np.fft.rfftfreq(1 << 16)[1:-1]) / np.tan(np.pi * hertz / RATE)
    expected = _analogue(band, 1j * turn)
    loud = np.abs(expected) > 1e-5
    np.testing.assert_allclose(20 * np.log10(np.abs(heard / expected)[loud]), 0.0, atol=1e-6)


def test_bands_in_series_are_scipys_filters_in_series() -> None:
    """Noise through four bands agrees with lfilter to 1e-12."""
    bands = [Band(kind=k, frequency_hz=f, gain_db=5) for k, f in (("peak", 300), ("low_shelf", 120), ("low_pass", 8e3))]
    noise = np.random.default_rng(3).standard_normal((2, 4000))
    expected = noise
    for band in bands:
        b0, b1, b2, a1, a2 = section(band, RATE)
        expected = lfilter([b0, b1, b2], [1, a1, a2], expected)
    np.testing.assert_allclose(EqualiserEffect(Equaliser(bands=bands), 2, RATE)(noise), expected, atol=1e-12)


@pytest.mark.parametrize("kind", ["peak", "low_shelf", "high_shelf", "high_pass", "low_pass"])
@pytest.mark.parametrize("hertz", [10.0, 22_000.0])
@pytest.mark.parametrize("gain", [-36.0, 36.0])
@pytest.mark.parametrize("q", [0.1, 40.0])
def test_every_setting_is_stable(kind: str, hertz: float, gain: float, q: float) -> None:
    """At the ends of all ranges the poles lie inside the circle and the response is finite; so at 44.1 kHz too."""
    band = Band.model_validate({"kind": kind, "frequency_hz": hertz, "gain_db": gain, "q": q})
    for rate in (44_100, 48_000):
        b0, b1, b2, a1, a2 = section(band, rate)
        assert abs(a2) < 1 and abs(a1) < 1 + a2
        assert np.all(np.isfinite(freqz([b0, b1, b2], [1, a1, a2])[1]))
