"""Drums: struck at the exact instant, falling as they say, the same hit for the same seed."""

import numpy as np
import pytest

from harmonic_audio.synthesis.instruments import INSTRUMENTS
from harmonic_audio.synthesis.instruments.drumkit import DRUMKIT, GM_PERCUSSION
from harmonic_audio.synthesis.percussion import Burst, Percussion, Ring
from harmonic_audio.testing.measures import RATE, error_db, frequency_of, played, t60_of
from harmonic_contracts.score import Note


def _hit(hertz: float = 261.6256, onset: float = 0.0, brightness: float = 0.5) -> Note:
    return Note(onset_s=onset, duration_s=0.1, frequency_hz=hertz, loudness=0.5, voice=0, brightness=brightness)


def test_a_drum_is_its_closed_form() -> None:
    """A swept ring from an onset between samples: the sine of the integral of its frequency, to -100 dB."""
    model = Percussion(rings=(Ring(hz=100.0, level=1.0, t60_s=0.5),), sweep_cents=1200.0, sweep_s=0.04)
    onset = 0.0100037
    found = played(model, [_hit(onset=onset)], 0.5)
    t = np.maximum(np.arange(len(found)) / RATE - onset, 0.0)
    phase = 100.0 * (t + 0.04 * (1.0 - np.exp(-t / 0.04)))
    exact = 0.5 * np.sin(2.0 * np.pi * phase) * 10.0 ** (-3.0 * t / 0.5) * (1.0 - np.exp(-3000.0 * t))
    assert error_db(found, exact) < -100.0


def test_a_ring_fades_in_its_time_at_its_pitch() -> None:
    """T60 within 1 %, pitch within 0.1 cent."""
    model = Percussion(rings=(Ring(hz=400.0, t60_s=1.2),))
    sound = played(model, [_hit()], 1.0)
    assert t60_of(sound, 400.0, 4800, 40_000) == pytest.approx(1.2, rel=0.01)
    assert frequency_of(sound, 400.0, 4800, 40_000) == pytest.approx(400.0, rel=5e-5)


def test_a_tuned_tom_follows_the_note_and_a_kick_does_not() -> None:
    """Twice the frequency is the same sound at twice the pitch; the kick stays the kick."""
    low, high = (played(INSTRUMENTS["tom"].model, [_hit(hz)], 0.5) for hz in (200.0, 400.0))
    expected = 150.0 * 200.0 / 261.6256
    assert frequency_of(low, expected, 14_000, 22_000) == pytest.approx(expected, rel=1e-3)
    assert frequency_of(high, 2 * expected, 14_000, 22_000) == pytest.approx(2 * expected, rel=1e-3)
    one, other = (played(INSTRUMENTS["kick"].model, [_hit(hz)], 0.5) for hz in (200.0, 400.0))
    np.testing.assert_array_equal(one, other)


def test_a_clap_is_four_hands() -> None:
    """Its energy rises four times, at the times of its bursts."""
    [clap] = (drum.model for drum in DRUMKIT if drum.name == "clap")
    sound = played(clap, [_hit()], 0.3)
    for at in (0.011, 0.022, 0.034):
        before, after = (np.mean(sound[a : a + 120] ** 2) for a in (round(at * RATE) - 125, round(at * RATE) + 30))
        assert after > 1.5 * before


def test_a_burst_stands_in_its_band() -> None:
    """Most of its power lies within twice its width."""
    model = Percussion(bursts=(Burst(middle_hz=3000.0, width_hz=600.0, t60_s=0.5),))
    power = np.abs(np.fft.rfft(played(model, [_hit()], 0.5))) ** 2
    axis = np.fft.rfftfreq(RATE // 2, 1.0 / RATE)
    assert np.sum(power[np.abs(axis - 3000.0) < 1200.0]) > 0.75 * np.sum(power)


def test_every_percussion_key_names_a_drum_of_the_kit() -> None:
    """All names of the table of General MIDI's keys are instruments, and every drum but the tuned tom has a key."""
    names = {drum.name for drum in DRUMKIT}
    assert set(GM_PERCUSSION.values()) == names - {"tom"}
