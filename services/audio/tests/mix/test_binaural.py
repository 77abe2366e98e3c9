"""The spherical head: differences in time and level between the ears, against the closed forms."""

import numpy as np
import pytest
from scipy.special import eval_legendre, spherical_jn, spherical_yn

from harmonic_audio.mix.layouts import layout_named
from harmonic_audio.mix.layouts.sphere import HEAD_RADIUS_M, LEAD, SPEED_OF_SOUND, pressure

RATE = 48_000
SIZE = 12_288
HERTZ = np.fft.rfftfreq(SIZE, 1 / RATE)


def _ears(azimuth: float, elevation: float = 0.0) -> np.ndarray:
    """Spectra (2, bins) at the ears of a click from a direction, its time at the head's centre 0."""
    layout = layout_named("binaural")
    bus = np.zeros((layout.bus_channels, SIZE))
    bus[:, 0] = layout.gains(azimuth, elevation)[0]
    return np.fft.rfft(layout.decoder(RATE)(bus)) * np.exp(2j * np.pi * HERTZ * LEAD / RATE)


def _series(angle_deg: float, hertz: float) -> complex:
    """Duda and Martens' sum, written with the Hankel function's own recurrence, for one point (an independent form)."""
    u = 2 * np.pi * hertz * HEAD_RADIUS_M / SPEED_OF_SOUND
    total, x = 0.0j, np.cos(np.radians(angle_deg))
    for m in range(40):
        hankel = [spherical_jn(n, u) + 1j * spherical_yn(n, u) for n in (m, m + 1)]
        total += (-1j) ** (m - 1) * (2 * m + 1) * eval_legendre(m, x) / (m / u * hankel[0] - hankel[1])
    return complex(np.conj(total / u**2))


def test_the_sphere_is_the_series_of_duda_and_martens() -> None:
    """Agrees to 1e-9 with the sum written out, below and above the ears' resonance of the head."""
    for angle in (0.0, 40.0, 100.0, 150.0, 180.0):
        for hertz in (200.0, 1500.0, 4000.0):
            assert pressure([hertz], [angle])[0, 0] == pytest.approx(_series(angle, hertz), abs=1e-9)


@pytest.mark.parametrize("azimuth", [10.0, 30.0, 60.0, 90.0])
def test_low_tones_are_late_by_kuhns_time(azimuth: float) -> None:
    """At 150 Hz the ears differ by 3 a / c sin(azimuth) within 3 % (Kuhn 1977), the left ear first."""
    bins = np.argmin(np.abs(HERTZ - 150))
    left, right = _ears(azimuth)[:, bins]
    itd = np.angle(left / right) / (2 * np.pi * HERTZ[bins])
    assert itd == pytest.approx(3 * HEAD_RADIUS_M / SPEED_OF_SOUND * np.sin(np.radians(azimuth)), rel=0.03)


@pytest.mark.parametrize("azimuth", [5.0, 45.0, 85.0, 120.0, -70.0])
def test_time_and_level_between_the_ears_are_the_spheres(azimuth: float) -> None:
    """ITD within 3 us from 100 to 1500 Hz; ILD in thirds of an octave within 0.1 dB to 1 kHz and 1.5 dB at 2 kHz."""
    measured = _ears(azimuth)
    to_left = np.degrees(np.arccos(np.cos(np.radians(azimuth - 90))))
    exact = pressure(HERTZ, [to_left, 180 - to_left])
    band = (HERTZ > 100) & (HERTZ < 1500)
    error = np.angle(measured[0] / measured[1] * np.conj(exact[0] / exact[1]))[band] / (2 * np.pi * HERTZ[band])
    assert np.abs(error).max() < 3e-6
    for centre, bar in ((250, 0.1), (500, 0.1), (1000, 0.1), (2000, 1.5)):
        third = (centre / 2 ** (1 / 6) < HERTZ) & (centre * 2 ** (1 / 6) > HERTZ)
        ild, expected = (
            10 * np.log10(np.sum(np.abs(ears[0, third]) ** 2) / np.sum(np.abs(ears[1, third]) ** 2))
            for ears in (measured, exact)
        )
        assert ild == pytest.approx(expected, abs=bar)


def test_ahead_and_above_both_ears_hear_the_same() -> None:
    """On the median plane the ears agree to 1e-6 of the level, and mirrored directions swap them."""
    for azimuth, elevation in ((0, 0), (180, 0), (0, 90), (0, 45)):
        left, right = _ears(azimuth, elevation)
        assert np.abs(left - right).max() < 1e-6 * np.abs(left).max()
    np.testing.assert_allclose(_ears(50)[0], _ears(-50)[1], atol=2e-6)
