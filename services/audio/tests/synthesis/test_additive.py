"""Additive voices: exact phases, no aliases, no clicks, the same bits in any order."""

import numpy as np
import pytest

from harmonic_audio.kernels import additive as kernels
from harmonic_audio.synthesis.additive import Additive
from harmonic_audio.synthesis.held import Held
from harmonic_audio.testing.measures import (
    RATE,
    alias_db,
    cents,
    click_excess,
    error_db,
    frequency_of,
    harmonics_below,
    played,
)
from harmonic_contracts.score import ControlCurve, ControlPoint, Note, Sound

STEADY = {"attack_s": 0.01, "release_s": 0.01, "sustain": 1.0}


def _note(hz: float, onset: float = 0.0, duration: float = 1.0, sound: Sound | None = None) -> Note:
    return Note(onset_s=onset, duration_s=duration, frequency_hz=hz, loudness=0.5, voice=0, sound=sound)


def _curve(target: str, *points: tuple[float, float]) -> dict[str, ControlCurve]:
    told = [ControlPoint(time_s=t, value=v) for t, v in points]
    return {target: ControlCurve(voice=0, target=target, points=told)}  # type: ignore[arg-type]


@pytest.mark.parametrize("voice", [0, 31, 63])
def test_a_steady_vibrato_is_its_closed_form_to_minus_130_decibels(voice: int) -> None:
    """A minute after the onset, sixteen harmonics of a voice of the benchmark against float64 sines."""
    hertz, turn, amplitudes = 55.0 * 2 ** (voice / 16), (voice / (2 * np.pi)) % 1.0, 1.0 / np.arange(1, 17)
    first = 60 * RATE - 12_288
    out = np.empty(12_288)
    kernels.vibrating(float(first), RATE, hertz, 5.0, 0.01, turn, amplitudes, out)
    t = np.arange(first, first + len(out)) / RATE
    swung = (np.cos(2 * np.pi * (5 * t + turn)) - np.cos(2 * np.pi * turn)) * 0.01 / (2 * np.pi * 5)
    exact = sum(a * np.sin(2 * np.pi * k * hertz * (t - swung)) for k, a in enumerate(amplitudes, 1))
    assert error_db(out, exact) < -130


def test_gliding_partials_are_their_closed_form_to_minus_130_decibels() -> None:
    """Inharmonic partials from 300 to 600 Hz against float64 sines of the exact phase."""
    t = np.arange(RATE) / RATE
    cycles, ratios = 300.0 * t + 150.0 * t * t, np.array([1.0, 2.76, 5.4])
    none, amplitudes, turns = np.zeros(3), np.array([1.0, 0.5, 0.2]), np.array([0.1, 0.2, 0.3])
    out = np.empty(RATE)
    kernels.partials(cycles, np.zeros(RATE), (300.0 + 300.0 * t) / RATE, ratios, none, amplitudes, turns, out)
    exact = sum(a * np.sin(2 * np.pi * (r * cycles + u)) for r, a, u in zip(ratios, amplitudes, turns, strict=True))
    assert error_db(out, exact) < -130


@pytest.mark.parametrize("hz", [100.0, 997.0, 5000.0])
def test_many_harmonics_do_not_alias(hz: float) -> None:
    """A sawtooth of 512 harmonics, most of them above hearing: at least 100 dB below it nothing is out of place."""
    sound = played(Additive(count=512, **STEADY), [_note(hz, duration=2.0)], 1.5)[RATE // 4 : RATE * 5 // 4]
    assert alias_db(sound, harmonics_below(hz)) < -100


@pytest.mark.parametrize("model", [Additive(**STEADY), Held(ratios=(1.0, 2.0), amplitudes=(1.0, 0.5), **STEADY)])
def test_pitch_is_within_a_tenth_of_a_cent(model: Additive | Held) -> None:
    """Plain, and detuned by a note of its own by 50 cents."""
    for detune in (0.0, 50.0):
        sound = played(model, [_note(311.7, sound=Sound(detune_cents=detune))], 1.0)
        true = 311.7 * 2 ** (detune / 1200)
        assert abs(cents(frequency_of(sound, true, 4_800, 43_200), true)) < 0.1


@pytest.mark.parametrize("model", [Additive(**STEADY), Additive(vibrato_depth_cents=30.0, **STEADY)])
def test_additive_notes_begin_and_end_without_a_click(model: Additive) -> None:
    """Round note on and off, at odd fractions of a sample."""
    sound = played(model, [_note(220.3, onset=0.30001, duration=0.7)], 1.5)
    assert click_excess(sound, [14_400, 48_001, 48_481], 33_600) <= 0


def test_an_onset_lies_between_samples() -> None:
    """Delayed by 0.37 samples, a note is its closed form at the delayed times, to -130 dB."""
    model = Additive(count=8, slope=0.0, **STEADY)
    sound = played(model, [_note(500.0, onset=(4_800.37) / RATE, duration=0.5)], 0.8)
    t = (np.arange(len(sound)) - 4_800.37) / RATE
    tone = sum(np.sin(2 * np.pi * 500.0 * k * t) for k in range(1, 9)) * 0.5 / 8**0.5
    exact = np.where(t >= 0, tone * model.envelope(0.5).at(np.maximum(t, 0)), 0.0)
    assert error_db(sound, exact) < -130


def test_moving_notes_are_the_same_bits_in_any_order() -> None:
    """Glide, vibrato, harmonicity and brightness at once; asked from the last chunk to the first."""
    curves = _curve("frequency_hz", (0.0, 200.0), (2.0, 900.0)) | _curve("harmonicity", (0.0, 1.0), (2.0, 0.0))
    curves |= _curve("brightness", (0.0, 0.2), (2.0, 0.9))
    notes = [_note(300.0, 0.123, 1.5, Sound(vibrato_depth_cents=40.0, vibrato_rate_hz=6.0))]
    for model in (Additive(**STEADY), Held(ratios=(1.0, 2.0, 3.0), amplitudes=(1.0, 0.5, 0.3), **STEADY)):
        np.testing.assert_array_equal(
            played(model, notes, 2.0, curves=curves), played(model, notes, 2.0, curves=curves, backwards=True)
        )


def test_harmonicity_moves_the_partials_off_the_harmonics() -> None:
    """At 1 the partials are whole multiples; at 0 the fourth is sharp as a stiff string's."""
    told = Held(ratios=(1.0, 4.0), amplitudes=(1.0, 1.0), **STEADY)
    for harmonicity, ratio in ((1.0, 4.0), (0.0, 4.0 * np.sqrt(1 + 0.02 * 16))):
        sound = played(told, [_note(250.0, sound=Sound(harmonicity=harmonicity))], 1.0)
        assert abs(cents(frequency_of(sound, 250.0 * ratio, 4_800, 43_200), 250.0 * ratio)) < 0.1
