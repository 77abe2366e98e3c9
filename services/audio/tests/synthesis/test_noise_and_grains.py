"""Noise of the slope that its colour says, grains at their times, and observables as they are."""

import base64

import numpy as np
import pytest

from harmonic_audio.synthesis.audification import Audification
from harmonic_audio.synthesis.coloured import SLOPES, Coloured
from harmonic_audio.synthesis.granular import Granular, grains_of
from harmonic_audio.synthesis.noise_voice import NoiseVoice
from harmonic_audio.testing.measures import RATE, alias_db, error_db, played
from harmonic_contracts.score import Note, Waveform


def _note(hertz: float, seconds: float = 2.0, onset: float = 0.0) -> Note:
    return Note(onset_s=onset, duration_s=seconds, frequency_hz=hertz, loudness=1.0, voice=0)


def _waveform(samples: np.ndarray, rate: float) -> Waveform:
    return Waveform(sample_rate_hz=rate, data=base64.b64encode(samples.astype("<f4").tobytes()).decode())


@pytest.mark.parametrize("colour", sorted(SLOPES))
def test_noise_has_the_slope_of_its_colour(colour: str) -> None:
    """Power by octaves from 40 Hz to 10 kHz falls on the line of 6 dB an octave times the exponent, within 0.7 dB."""
    noise = Coloured(colour, 5, RATE)(1 << 20)  # type: ignore[arg-type]
    power = np.abs(np.fft.rfft(noise)) ** 2
    axis = np.fft.rfftfreq(1 << 20, 1.0 / RATE)
    edges = 40.0 * 2.0 ** np.arange(9)
    level = np.array([np.mean(power[(axis >= a) & (axis < 2 * a)]) for a in edges[:-1]])
    exact = np.array(
        [np.mean(axis[(axis >= a) & (axis < 2 * a)] ** (2.0 * SLOPES[colour])) for a in edges[:-1]]  # type: ignore[index]
    )
    off = 10.0 * np.log10(level / exact)
    assert np.ptp(off) < 1.4
    assert np.var(noise) == pytest.approx(1.0, rel=0.1)


def test_noise_is_the_seeds_and_the_notes_own() -> None:
    """Same seed and note, same bytes; another seed or another note, nothing in common."""
    model = NoiseVoice(tuned=False)
    one = played(model, [_note(500.0)], 1.0, seed=1)
    assert np.array_equal(one, played(model, [_note(500.0)], 1.0, seed=1))
    other = played(model, [_note(500.0)], 1.0, seed=2)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.2
    second = played(model, [_note(500.0), _note(500.0)], 1.0, seed=1) - one
    assert abs(np.corrcoef(one, second)[0, 1]) < 0.2


def test_tuned_noise_stands_round_its_pitch() -> None:
    """The middle of its power, weighted, is within a tenth of an octave of the note."""
    sound = played(NoiseVoice(colour="white", harmonicity=0.9), [_note(1000.0)], 2.0)
    power = np.abs(np.fft.rfft(sound)) ** 2
    middle = np.sum(power * np.fft.rfftfreq(len(sound), 1.0 / RATE)) / np.sum(power)
    assert abs(np.log2(middle / 1000.0)) < 0.1


def test_grains_begin_at_their_exact_times() -> None:
    """One grain a second, without jitter: each is the window times the wave from its own instant, to -100 dB."""
    model = Granular(
        waveform="sine", density_hz=4.0, jitter=0.0, pitch_cents=0.0, scatter=0.0, grain_s=0.05, attack_s=0.0
    )
    found = played(model, [_note(700.0, onset=0.00301)], 1.0)
    time = np.arange(len(found)) / RATE - 0.00301
    exact = np.zeros(len(found))
    for onset in (0.0, 0.25, 0.5, 0.75):
        u = np.clip((time - onset) / 0.05, 0.0, 1.0)
        exact += (0.5 - 0.5 * np.cos(2.0 * np.pi * u)) * np.sin(2.0 * np.pi * 700.0 * time)
    assert error_db(found / np.max(np.abs(found)), exact / np.max(np.abs(exact))) < -100.0


def test_grains_are_as_dense_as_told_and_never_out_of_order() -> None:
    """Fifty a second for four seconds are 200; jitter keeps their order."""
    grains = grains_of(Granular(density_hz=50.0, jitter=1.0), 4.0, 3, 0.0)
    assert len(grains.onset_s) == 201 and np.all(np.diff(grains.onset_s) >= 0.0)
    assert np.std(np.diff(grains.onset_s)) > 0.003


@pytest.mark.parametrize("hertz", [220.0, 440.0, 613.0])
def test_an_audified_tone_is_the_tone_at_its_new_speed(hertz: float) -> None:
    """1000 Hz at 44.1 kHz, played at the speed of the note: a sine of 1000 hertz / 440 to -100 dB."""
    time = np.arange(3 * 44_100) / 44_100
    told = _waveform(np.sin(2.0 * np.pi * 1000.0 * time), 44_100.0)
    found = played(Audification(), [_note(hertz, 2.5)], 1.5, waveform=told)[4800:60_000]
    at = np.arange(4800, 60_000) / RATE * 1000.0 * hertz / 440.0
    basis = np.stack([np.sin(2.0 * np.pi * at), np.cos(2.0 * np.pi * at)], axis=1)
    fit = basis @ np.linalg.lstsq(basis, found, rcond=None)[0]
    assert error_db(found, fit) < -100.0


def test_fast_audification_does_not_fold() -> None:
    """Three tones, two of which rise above the band: what is left is the third alone, to -100 dB."""
    time = np.arange(6 * RATE) / RATE
    tones = sum(np.sin(2.0 * np.pi * f * time) for f in (500.0, 9000.0, 15_000.0))
    found = played(Audification(), [_note(440.0 * 3.5)], 1.6, waveform=_waveform(tones, RATE))[6000 : 6000 + 65_536]
    assert alias_db(found, np.array([1750.0])) < -100.0


def test_a_looped_waveform_goes_on_and_one_played_once_falls_silent() -> None:
    """A tenth of a second of tone in a note of one second."""
    told = _waveform(np.sin(2.0 * np.pi * 440.0 * np.arange(4800) / RATE), RATE)
    once, looped = (played(Audification(loop=loop), [_note(440.0)], 1.0, waveform=told) for loop in (False, True))
    assert not np.any(once[6000:])
    assert np.std(looped[24_000:]) == pytest.approx(np.std(once[600:4200]), rel=0.1)


def test_a_voice_without_a_waveform_is_refused_with_what_to_do() -> None:
    """And so is one whose samples are not all numbers."""
    with pytest.raises(ValueError, match="name an observable"):
        played(Audification(), [_note(440.0)], 0.1)
    with pytest.raises(ValueError, match="all of them finite"):
        played(Audification(), [_note(440.0)], 0.1, waveform=_waveform(np.array([0.0, np.nan]), RATE))
