"""Stereo, 5.1, 7.1 and ambiX: gains against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import sph_harm_y

from harmonic_audio.mix.layouts import LAYOUT_NAMES, azimuth_of_pan, layout_named
from harmonic_audio.mix.pan import constant_power

POWERED = ("stereo", "5.1", "7.1")
ANGLES = st.floats(-1e4, 1e4)


def test_a_pan_is_a_direction() -> None:
    """The gains of a pan's direction are those of constant power, to the last bit but one."""
    pans = np.linspace(-1, 1, 201)
    np.testing.assert_allclose(
        layout_named("stereo").gains(azimuth_of_pan(pans)), constant_power(pans).T, rtol=0, atol=3e-16
    )


@pytest.mark.parametrize("name", POWERED)
@given(azimuth=ANGLES, elevation=st.floats(-90, 90))
def test_power_is_constant_in_every_direction(name: str, azimuth: float, elevation: float) -> None:
    """The squares of the gains of loudspeakers sum to 1 within 1e-12, and none is negative or not a number."""
    gains = layout_named(name).gains(azimuth, elevation)
    assert np.all(gains >= -1e-15)
    assert np.sum(gains**2) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("name", POWERED)
def test_a_sound_moves_without_jumps(name: str) -> None:
    """A tenth of a degree changes no gain by more than 1 %, all the way round."""
    gains = layout_named(name).gains(np.arange(0, 360.1, 0.1))
    assert np.abs(np.diff(gains, axis=0)).max() < 0.01


@pytest.mark.parametrize(
    ("name", "angles"),
    [
        ("5.1", {"left": 30, "right": -30, "centre": 0, "left surround": 110, "right surround": -110}),
        (
            "7.1",
            {"left": 30, "right": -30, "centre": 0, "left side": 90, "right side": -90, "left rear": 135,
             "right rear": -135},
        ),
    ],
)  # fmt: skip
def test_a_loudspeaker_sounds_alone_in_its_own_direction(name: str, angles: dict[str, float]) -> None:
    """At the angles of ITU-R BS.775 and BS.2051 one gain is 1; between two loudspeakers no third sounds; LFE never."""
    layout = layout_named(name)
    for speaker, angle in angles.items():
        gains = layout.gains(angle)[0]
        assert gains[layout.names.index(speaker)] == pytest.approx(1.0, abs=1e-12)
    around = layout.gains(np.linspace(-180, 180, 721))
    assert np.max(np.sum(around > 1e-9, axis=1)) <= 2
    assert not around[:, layout.names.index("lfe")].any()
    assert not layout.returns[:, layout.names.index("lfe")].any()


def test_panning_between_two_loudspeakers_is_vbap() -> None:
    """The gains of 5.1 at 70 degrees solve g_l l + g_s s = k p (Pulkki 1997, equation 9)."""
    layout = layout_named("5.1")
    gains = layout.gains(70.0)[0]
    pair = np.radians([30.0, 110.0])
    base = np.stack([np.cos(pair), np.sin(pair)], axis=1)
    expected = np.array([np.cos(np.radians(70)), np.sin(np.radians(70))]) @ np.linalg.inv(base)
    np.testing.assert_allclose(gains[[0, 4]], expected / np.linalg.norm(expected), atol=1e-12)


def _sn3d(degree: int, m: int, azimuth: np.ndarray, elevation: np.ndarray) -> np.ndarray:
    """Real SN3D harmonics from scipy's complex, orthonormal ones with the Condon-Shortley phase."""
    whole = sph_harm_y(degree, abs(m), np.pi / 2 - elevation, azimuth)
    scale = np.sqrt(4 * np.pi / (2 * degree + 1)) * (np.sqrt(2) * (-1.0) ** m if m else 1.0)
    return np.asarray(scale * (whole.imag if m < 0 else whole.real))


@pytest.mark.parametrize("order", range(1, 6))
def test_ambix_is_the_spherical_harmonics(order: int) -> None:
    """Every channel agrees with scipy's spherical harmonics within 1e-12, in ACN order; W is 1 exactly."""
    rng = np.random.default_rng(order)
    azimuth, elevation = rng.uniform(-np.pi, np.pi, 500), rng.uniform(-np.pi / 2, np.pi / 2, 500)
    gains = layout_named(f"ambix{order}").gains(np.degrees(azimuth), np.degrees(elevation))
    assert gains.shape == (500, (order + 1) ** 2)
    assert np.all(gains[:, 0] == 1.0)
    for degree in range(order + 1):
        for m in range(-degree, degree + 1):
            expected = _sn3d(degree, m, azimuth, elevation)
            np.testing.assert_allclose(gains[:, degree * (degree + 1) + m], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", LAYOUT_NAMES)
def test_a_layout_says_what_a_file_needs(name: str) -> None:
    """Names, mask, weights, returns and decoder agree in their number of channels; returns have the power of two."""
    layout = layout_named(name)
    assert layout.name == name and len(layout.names) == len(layout.weights) == layout.channels
    assert layout.mask.bit_count() in (0, layout.channels)
    assert layout.gains([0.0, 90.0]).shape == (2, layout.bus_channels)
    assert np.sum(layout.returns[:, 0 if "ambix" in name or name == "binaural" else slice(None)] ** 2) == pytest.approx(
        2
    )
    decoder = layout.decoder(48_000)
    assert decoder(np.zeros((layout.bus_channels, 12_288), dtype=np.float32)).shape == (layout.channels, 12_288)


def test_an_unknown_layout_is_refused_with_those_there_are() -> None:
    """The error names the layouts."""
    with pytest.raises(ValueError, match=r"choose one of stereo, binaural, 5\.1"):
        layout_named("9.1")
