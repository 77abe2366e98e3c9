"""Strings: pitch, decay and onset exact, no aliases, no clicks, the same bits in any order."""

import numpy as np
import pytest
from scipy.signal import lfilter

from harmonic_audio.kernels import strings as kernels
from harmonic_audio.synthesis.string import String, loop_of, pluck_of
from harmonic_audio.testing.measures import RATE, cents, click_excess, error_db, frequency_of, played, t60_of
from harmonic_contracts.score import Note

PITCHES = [20.0, 55.0, 110.7, 440.0, 997.3, 2093.0, 5000.0]


def _note(hz: float, duration: float = 2.0, onset: float = 0.0, brightness: float = 0.5) -> Note:
    return Note(onset_s=onset, duration_s=duration, frequency_hz=hz, loudness=0.5, brightness=brightness, voice=0)


@pytest.mark.parametrize("hz", PITCHES)
@pytest.mark.parametrize("damping", [0.0, 0.02, 0.4])
def test_pitch_and_decay_are_the_notes(hz: float, damping: float) -> None:
    """Within 0.1 cent and 1 % from 20 Hz to 5 kHz, however dull the string."""
    t60, seconds = (8.0, 6.0) if hz < 30 else (2.0, 2.0)
    sound = played(String(damping=damping), [_note(hz, t60)], seconds)
    assert abs(cents(frequency_of(sound, hz, RATE // 5, len(sound)), hz)) < 0.1
    assert t60_of(sound, hz, RATE // 5, len(sound)) == pytest.approx(t60, rel=0.01)


@pytest.mark.parametrize("hz", [27.5, 440.0, 4186.0])
def test_the_fast_string_is_its_transfer_function_to_minus_130_decibels(hz: float) -> None:
    """The compiled loop, run in pieces, against scipy's recursion of the same filter as one rational function."""
    loop, pluck = loop_of(hz, 1.5, 0.1, RATE), pluck_of(RATE / hz, 0.13, 1.9, 0.37)
    a, b, p = loop.allpass, loop.gain, loop.pole
    below = np.convolve([1.0, a], [1.0, -p])
    around = np.zeros(loop.delay + 3)
    around[:3] = below
    around[loop.delay : loop.delay + 2] -= b * np.array([a, 1.0])
    driven = np.zeros(RATE // 2)
    driven[: len(pluck)] = pluck[: len(driven)]
    reference = lfilter(below, around, driven)
    found, state, line, at = np.empty(len(driven)), np.zeros(3), np.zeros(loop.delay), np.zeros(1, dtype=np.int64)
    for begin in range(0, len(driven), 5_000):
        piece = found[begin : begin + 5_000]
        given = pluck[begin : begin + 5_000]
        kernels.tuned(given[: len(piece)], np.array([a, b, p]), state, line, at, piece)
    assert error_db(found.astype(np.float32).astype(np.float64), reference) < -130


@pytest.mark.parametrize("hz", [110.0, 997.0, 5000.0])
def test_a_string_plucked_between_samples_is_the_same_string_later(hz: float) -> None:
    """Half a sample later, at full brightness, it is the same sound turned by that much, to -100 dB: no aliases."""
    early, late = (played(String(), [_note(hz, 0.3, 0.1 + d / RATE, 1.0)], 0.9) for d in (0.0, 0.5))
    size = 2 * len(early)
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(size) * 0.5)
    assert error_db(late, np.fft.irfft(np.fft.rfft(early, size) * turn, size)[: len(late)]) < -100


@pytest.mark.parametrize("hz", [82.4, 440.0, 3000.0])
def test_plucks_do_not_click(hz: float) -> None:
    """Above 16 kHz round the pluck and round the string's end."""
    sound = played(String(), [_note(hz, 0.4, 0.2, 0.8)], 1.2)
    assert click_excess(sound, [9_600, 48_000], 14_400) <= 0


def test_strings_are_the_same_bits_in_any_order() -> None:
    """Asked from the last chunk to the first."""
    notes = [_note(220.0, 0.5, 0.1), _note(333.3, 0.5, 0.30001)]
    np.testing.assert_array_equal(played(String(), notes, 1.5), played(String(), notes, 1.5, backwards=True))


def test_the_plain_string_is_its_difference_equation() -> None:
    """y[n] = x[n] + 0.498 (y[n-N] + y[n-N-1]) by scipy, in pieces of any length."""
    rng = np.random.default_rng(1)
    driven = rng.standard_normal(2_000)
    around = np.zeros(59)
    around[0], around[57], around[58] = 1.0, -0.498, -0.498
    found, history = np.empty(2_000), np.zeros(58)
    for begin, end in ((0, 20), (20, 77), (77, 135), (135, 1_400), (1_400, 2_000)):
        kernels.plain(driven[begin:end], 0.498, history, found[begin:end])
    assert error_db(found, lfilter([1.0], around, driven)) < -250
