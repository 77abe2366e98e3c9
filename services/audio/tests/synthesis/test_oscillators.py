"""Subtractive and phase modulated voices: no alias at any pitch, true to closed forms, within the stated bandwidth."""

import numpy as np
import pytest

from harmonic_audio.synthesis.bandwidth import sidebands
from harmonic_audio.synthesis.instruments import INSTRUMENTS
from harmonic_audio.synthesis.phase_modulation import Link, Operator, PhaseModulation
from harmonic_audio.synthesis.subtractive import Subtractive
from harmonic_audio.synthesis.wavetables import gain_of, weights_of
from harmonic_audio.testing.measures import RATE, alias_db, error_db, harmonics_below, played
from harmonic_contracts.score import ControlCurve, ControlPoint, Note, Sound


def _note(hertz: float, seconds: float = 3.0, onset: float = 0.0, sound: Sound | None = None) -> Note:
    return Note(onset_s=onset, duration_s=seconds, frequency_hz=hertz, loudness=1.0, voice=0, sound=sound)


@pytest.mark.parametrize("shape", ["triangle", "saw", "square", "pulse"])
@pytest.mark.parametrize("hertz", [100.0, 443.3, 2777.7, 4999.0])
def test_no_waveform_aliases(shape: str, hertz: float) -> None:
    """What lies at none of the harmonics is 100 dB below the sound or further."""
    model = Subtractive(waveform=shape, filter="none", pulse_width=0.3)  # type: ignore[arg-type]
    sound = played(model, [_note(hertz)], 2.0)[RATE // 4 : RATE // 4 + 65_536]
    assert alias_db(sound, np.append(harmonics_below(hertz), 0.0)) < -100.0


def test_a_gliding_saw_is_the_sum_of_its_sines() -> None:
    """From 100 Hz to 5 kHz in 1.5 s: as the harmonics summed with the exact phase of the glide, to -100 dB."""
    points = [ControlPoint(time_s=0.0, value=100.0), ControlPoint(time_s=1.5, value=5000.0)]
    curve = ControlCurve(voice=0, target="frequency_hz", points=points)
    model = Subtractive(waveform="saw", filter="none", attack_s=0.001)
    found = played(model, [_note(100.0)], 1.5, curves={"frequency_hz": curve})
    part = slice(2400, len(found) - 16)
    time = np.arange(len(found))[part] / RATE
    hertz, cycles = 100.0 + 4900.0 / 1.5 * time, 100.0 * time + 2450.0 / 1.5 * time**2
    exact = np.zeros(len(time))
    for k in range(1, int(0.46 * RATE / hertz[0]) + 1):
        weight = float(weights_of("saw", np.array([k]))[0])
        exact += weight * gain_of(k, hertz, RATE) * np.sin(2.0 * np.pi * k * cycles)
    assert error_db(found[part], exact) < -100.0


def test_vibrato_and_detune_have_the_phase_that_they_say() -> None:
    """A sine under 50 cents of vibrato at 6 Hz and 20 cents of detune: its phase is the integral, to -100 dB."""
    sound = Sound(vibrato_rate_hz=6.0, vibrato_depth_cents=50.0, detune_cents=20.0)
    model = Subtractive(waveform="sine", filter="none", vibrato_delay_s=0.0)
    found = played(model, [_note(440.0, sound=sound)], 2.0)[4800:90_000]
    fine = np.arange(8 * 90_000 + 1) / (8 * RATE)
    hertz = 440.0 * 2.0 ** ((20.0 + 50.0 * np.sin(2.0 * np.pi * 6.0 * fine)) / 1200.0)
    cycles = np.concatenate([[0.0], np.cumsum(0.5 * (hertz[1:] + hertz[:-1]) / (8 * RATE))])[::8][4800:90_000]
    assert error_db(found, np.sin(2.0 * np.pi * cycles)) < -100.0


def test_an_evolving_cutoff_takes_the_harmonics_away() -> None:
    """A low-pass swept from 8 kHz to 200 Hz: what is above 2 kHz falls by more than 20 dB."""
    points = [ControlPoint(time_s=0.0, value=8000.0), ControlPoint(time_s=1.5, value=200.0)]
    curve = ControlCurve(voice=0, target="cutoff_hz", points=points, interpolation="exponential")
    found = played(Subtractive(), [_note(220.0)], 1.5, curves={"cutoff_hz": curve})
    high = [np.sum(np.abs(np.fft.rfft(found[a : a + 9600] * np.hanning(9600)))[400:] ** 2) for a in (4800, 62_000)]
    assert high[1] < 0.01 * high[0]


def test_a_swinging_position_moves_the_power() -> None:
    """The pad with a motion of the pan is louder left at some times and right at others, and stays one power."""
    from harmonic_audio.mix.pan import constant_power
    from harmonic_audio.synthesis.bank import CHUNK
    from harmonic_audio.synthesis.lfo import Lfo
    from harmonic_audio.synthesis.source import Hearing

    model = Subtractive(waveform="sine", filter="none", lfos=(Lfo(target="pan", rate_hz=1.0, depth=1.0),))
    [source] = model.sources([_note(500.0)], Hearing(RATE, lambda note: constant_power(note.pan)))
    bus = np.zeros((2, 4 * CHUNK), dtype=np.float32)
    for chunk in range(4):
        source.add_to(bus[:, chunk * CHUNK : (chunk + 1) * CHUNK], chunk * CHUNK)
    left, right = (np.mean(bus[:, a : a + 960].astype(float) ** 2, axis=1) for a in (36_000, 12_000))
    assert left[0] > 100 * left[1] and right[1] > 100 * right[0]
    assert np.sum(left) == pytest.approx(np.sum(right), rel=0.01)


_BRIGHT = PhaseModulation(
    operators=(Operator(heard=1.0), Operator(ratio=3.0), Operator(ratio=2.0, feedback=0.7)),
    links=(Link(source=1, to=0, index=4.0), Link(source=2, to=1, index=2.0)),
    modulation=1.0,
)


@pytest.mark.parametrize("hertz", [100.0, 441.3, 2000.0, 4999.0])
def test_phase_modulation_stays_within_its_bandwidth(hertz: float) -> None:
    """Three operators in a row with feedback: what is at no harmonic nor at 0 Hz is below -100 dB."""
    sound = played(_BRIGHT, [_note(hertz)], 2.0)[RATE // 4 : RATE // 4 + 65_536]
    assert alias_db(sound, np.append(harmonics_below(hertz), 0.0)) < -100.0


def test_the_stated_bandwidth_holds() -> None:
    """Two operators whose bound lies in the band: nothing is louder than -110 dB above it, something near it."""
    pair = PhaseModulation(
        operators=(Operator(heard=1.0), Operator(ratio=1.0)), links=(Link(source=1, to=0, index=3.0),), modulation=1.0
    )
    bound = pair.bandwidth_hz(500.0, RATE)
    sound = played(pair, [_note(500.0, 2.0)], 2.0)[RATE // 2 : RATE // 2 + 65_536]
    power = np.abs(np.fft.rfft(sound * np.blackman(65_536) ** 2)) ** 2
    axis = np.fft.rfftfreq(65_536, 1.0 / RATE)
    assert bound < 24_000.0
    assert 10.0 * np.log10(power[axis > bound + 20.0].max() / power.max()) < -110.0
    assert 10.0 * np.log10(power[(axis > 0.3 * bound) & (axis < bound)].max() / power.max()) > -110.0


def test_sidebands_count_every_bessel_function_above_minus_120_decibels() -> None:
    """Against the series J_n(b) = sum (-1)^m (b/2)^(n + 2 m) / (m! (n + m)!)."""
    from math import factorial

    for index in (0.01, 0.5, 1.0, 3.0, 7.0):
        bound = int(sidebands(np.array([index]))[0])
        for n in range(bound + 1, bound + 4):
            series = sum((-1) ** m * (index / 2) ** (n + 2 * m) / (factorial(m) * factorial(n + m)) for m in range(40))
            assert abs(series) <= 1e-6


def test_links_that_run_in_circles_are_refused() -> None:
    """An operator is modulated by those of higher numbers alone."""
    with pytest.raises(ValueError, match="higher number"):
        PhaseModulation(operators=(Operator(heard=1.0), Operator()), links=(Link(source=1, to=1, index=1.0),))
    with pytest.raises(ValueError, match="no operator is heard"):
        PhaseModulation(operators=(Operator(), Operator()))


def test_the_electric_piano_is_the_closed_form() -> None:
    """At modulation 0 it is two sines, 3 cents apart, under their envelopes and the tremolo: to -80 dB."""
    model = INSTRUMENTS["electric_piano"].model.model_copy(update={"tremolo_depth": 0.0, "level_db": 0.0})
    found = played(model, [_note(300.0, sound=Sound(modulation=0.0))], 1.0)[1000:40_000]
    time = np.arange(1000, 40_000) / RATE
    first = np.exp(-(time - 0.001) / 1.4) * np.sin(2.0 * np.pi * 300.0 * time)
    second = 0.7 * np.exp(-(time - 0.001) / 1.8) * np.sin(2.0 * np.pi * 300.0 * 2.0 ** (3.0 / 1200.0) * time)
    assert error_db(found, (first + second) / np.sqrt(1.49)) < -80.0
