"""The feedback delay network: lossless at heart, fading as designed, dense and even."""

import numpy as np
import pytest

from harmonic_audio.mix.absorption import LINES, absorption, decay_times, line_lengths
from harmonic_audio.mix.layouts import layout_named
from harmonic_audio.mix.network import Network, NetworkEffect, hadamard
from harmonic_audio.soundscape.effects import Reverb

RATE = 48_000


def _tail(settings: Reverb, seconds: float, layout: str = "stereo") -> np.ndarray:
    click = np.zeros((1, int(seconds * RATE)))
    click[0, 0] = 1.0
    return NetworkEffect(settings, layout_named(layout).returns, RATE)(click)


def _t60(tail: np.ndarray, hertz: float) -> float:
    """Of a narrow band: the slope of its backward-integrated energy from -5 to -45 dB (Schroeder 1965)."""
    spectrum = np.fft.rfft(tail, 2 * tail.shape[-1])
    octaves = np.log2(np.maximum(np.fft.rfftfreq(2 * tail.shape[-1], 1 / RATE), 1.0) / hertz)
    band = np.fft.irfft(spectrum * np.exp(-0.5 * (octaves / 0.12) ** 2))[..., : tail.shape[-1]]
    energy = np.cumsum(np.sum(band**2, axis=0)[::-1])[::-1]
    level = 10 * np.log10(energy / energy[0] + 1e-30)
    low, high = np.argmax(level < -5), np.argmax(level < -45)
    seconds = np.arange(low, high) / RATE
    return float(-60.0 / np.polyfit(seconds, level[low:high], 1)[0])


def test_without_absorption_the_network_keeps_every_bit_of_energy() -> None:
    """The prototype is lossless: after 200,000 samples the energy under way is that of the click, within 1e-12."""
    lengths = line_lengths(Reverb(room_size_m=3.0), RATE)
    plain = np.zeros((5, LINES))
    plain[0] = 1.0
    network = Network(lengths, plain)
    click = np.zeros(200)
    click[0] = 1.0
    collect = np.ascontiguousarray(hadamard()[:2])
    network.run(click, collect)
    before = network.energy()
    network.run(np.zeros(200_000), collect)
    assert before == pytest.approx(1.0, abs=1e-12)
    assert network.energy() == pytest.approx(before, rel=1e-12)


@pytest.mark.parametrize(
    "settings",
    [
        Reverb(kind="fdn", decay_s=1.2),
        Reverb(kind="fdn", decay_s=2.0, low_decay=1.6, high_decay=0.3, damping_hz=4000.0, room_size_m=20.0),
        Reverb(kind="fdn", decay_s=0.8, low_decay=0.7, high_decay=0.8, room_size_m=6.0),
    ],
)
def test_every_band_fades_in_its_designed_time(settings: Reverb) -> None:
    """Measured T60 of lows, middle and highs is the design's within 3 %; the design meets its settings exactly."""
    middle = float(np.sqrt(settings.low_hz * settings.damping_hz))
    ends = decay_times(settings, np.array([0.01, middle, RATE / 2 - 0.01]), RATE) / settings.decay_s
    np.testing.assert_allclose(ends, [settings.low_decay, 1.0, settings.high_decay], rtol=2e-3)
    tail = _tail(settings, 1.6 * settings.decay_s * max(settings.low_decay, 1.0))
    for hertz in (60.0, 250.0, middle, 4000.0, 15_000.0):
        assert _t60(tail, hertz) == pytest.approx(decay_times(settings, np.array([hertz]), RATE)[0], rel=0.03), hertz


def test_all_lines_fade_alike() -> None:
    """The decay that each line asks for is the same within 0.5 % at any frequency: no mode outlives the others."""
    settings = Reverb(kind="fdn")
    lengths = line_lengths(settings, RATE)
    z = np.exp(2j * np.pi * np.geomspace(20, 23_000, 60) / RATE)[:, None]
    b0, b1, b2, a1, a2 = absorption(settings, lengths, RATE)
    level = 20 * np.log10(np.abs((b0 + b1 / z + b2 / z**2) / (1 + a1 / z + a2 / z**2)))
    times = -60 * lengths / RATE / level
    assert np.max(times.max(axis=1) / times.min(axis=1)) < 1.005


def test_the_echoes_grow_as_dense_as_noise_and_the_sides_differ() -> None:
    """Abel and Huang's echo density (2006) passes 0.9 within 250 ms; left and right correlate by less than 0.1."""
    tail = _tail(Reverb(kind="fdn", predelay_s=0.0), 1.0)
    width = int(0.02 * RATE)
    piece = tail[0, int(0.25 * RATE) : int(0.25 * RATE) + 20 * width].reshape(20, width)
    outside = np.abs(piece) > piece.std(axis=1, keepdims=True)
    assert outside.mean() / 0.3173 > 0.9
    assert abs(np.corrcoef(tail)[0, 1]) < 0.1


@pytest.mark.parametrize("layout", ["stereo", "7.1", "ambix2"])
def test_the_tail_has_the_level_of_the_settings(layout: str) -> None:
    """Its energy is two times the level's, as the diffuse room's, whatever the layout (ambiX: that of W); LFE none."""
    tail = _tail(Reverb(kind="fdn", level_db=-10.0, decay_s=0.5, low_decay=1.0), 0.8, layout)
    heard = tail[:1] if layout == "ambix2" else tail
    assert np.sum(heard**2) == pytest.approx(2 * 0.1, rel=0.1 if layout == "ambix2" else 1e-3)
    assert layout != "7.1" or not tail[3].any()


@pytest.mark.parametrize("size", [2.0, 40.0])
@pytest.mark.parametrize("decay", [0.1, 8.0])
@pytest.mark.parametrize(("low", "high"), [(0.3, 0.1), (0.3, 1.0), (2.0, 0.1), (2.0, 1.0)])
@pytest.mark.parametrize("damping", [500.0, 16_000.0])
def test_every_setting_is_stable(size: float, decay: float, low: float, high: float, damping: float) -> None:
    """No line amplifies at any frequency, and the lines are distinct primes."""
    settings = Reverb(kind="fdn", decay_s=decay, low_decay=low, high_decay=high, damping_hz=damping, low_hz=450.0,
                      room_size_m=size)  # fmt: skip
    lengths = line_lengths(settings, RATE)
    assert len(set(lengths.tolist())) == LINES
    assert all(length % divisor for length in lengths for divisor in range(2, int(length**0.5) + 1))
    z = np.exp(2j * np.pi * np.linspace(0, 0.5, 3000))[:, None]
    b0, b1, b2, a1, a2 = absorption(settings, lengths, RATE)
    assert np.abs((b0 + b1 / z + b2 / z**2) / (1 + a1 / z + a2 / z**2)).max() < 1.0
