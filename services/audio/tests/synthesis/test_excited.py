"""Bowed strings and blown pipes: at the score's pitch, without alias, from the exact onset."""

import numpy as np
import pytest

from harmonic_audio.synthesis.waveguides import Blown, Bowed
from harmonic_audio.testing.measures import RATE, alias_db, cents, error_db, frequency_of, harmonics_below, played
from harmonic_contracts.score import ControlCurve, ControlPoint, Note

BODIES = {"bow": Bowed(), "reed": Blown(mouth="reed"), "edge": Blown(mouth="edge")}


def _note(hertz: float, onset: float = 0.0001, seconds: float = 4.0) -> Note:
    return Note(onset_s=onset, duration_s=seconds, frequency_hz=hertz, loudness=1.0, voice=0)


@pytest.mark.parametrize(
    ("body", "hertz"),
    [
        *(("bow", hertz) for hertz in (196.0, 441.3, 2637.0)),
        *(("reed", hertz) for hertz in (110.0, 441.3, 4999.0)),
        *(("edge", hertz) for hertz in (262.1, 1234.5)),
    ],
)
def test_a_driven_body_keeps_the_pitch_and_does_not_alias(body: str, hertz: float) -> None:
    """Once it has settled: within 0.1 cent, and what lies at no harmonic is 100 dB below or further."""
    sound = played(BODIES[body], [_note(hertz)], 2.5)[-65_536:]
    assert abs(cents(frequency_of(sound, hertz, 0, 65_000), hertz)) < 0.1
    assert alias_db(sound, np.append(harmonics_below(hertz), 0.0)) < -100.0


def test_a_reed_sounds_the_odd_harmonics() -> None:
    """The second harmonic of a cylinder that is closed at one end is 40 dB below the third."""
    sound = played(BODIES["reed"], [_note(220.0)], 2.0)[-65_536:]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(65_536)))
    second, third = (spectrum[round(220.0 * k * 65_536 / RATE) + np.arange(-3, 4)].max() for k in (2, 3))
    assert 20.0 * np.log10(second / third) < -40.0


def test_a_bowed_string_moves_as_helmholtz_saw() -> None:
    """In each period the string under the bow sticks once and slips once: the bridge's wave has one sharp fall."""
    run = Bowed().body(256, 256 * 440.0)
    wave = run(np.full(256 * 900, 0.5))[-256:]
    falls = np.diff(np.concatenate([wave, wave[:1]]))
    sharp = np.abs(falls) > 0.5 * np.max(np.abs(falls))
    assert 1 <= np.count_nonzero(np.diff(np.concatenate([sharp, sharp[:1]]).astype(int)) == 1) <= 2
    harmonics = np.abs(np.fft.rfft(wave))
    assert harmonics[1] > 1.5 * harmonics[2] > 0.0


def test_a_bowed_glide_follows_its_curve() -> None:
    """From 300 to 360 Hz: at every moment as the same string at a fixed pitch, read at the glide's phase."""
    points = [ControlPoint(time_s=0.0, value=300.0), ControlPoint(time_s=2.0, value=360.0)]
    curve = ControlCurve(voice=0, target="frequency_hz", points=points)
    sound = played(Bowed(), [_note(300.0, 0.0)], 2.0, curves={"frequency_hz": curve})
    time = np.arange(len(sound)) / RATE
    turned = sound * np.exp(-2j * np.pi * (300.0 * time + 15.0 * time**2))
    base = np.convolve(turned, np.hanning(2401) / 1200.0, mode="valid")[20_000:70_000]
    assert np.ptp(np.unwrap(np.angle(base))) / (2.0 * np.pi) < 0.01


def test_an_onset_between_samples_shifts_the_sound_by_as_much() -> None:
    """A reed begun 0.37 of a sample later is the same sound 0.37 of a sample later, to -80 dB."""
    model = Blown(mouth="reed")
    early, late = (played(model, [_note(440.0, onset / RATE, 1.0)], 0.75) for onset in (480.0, 480.37))
    spectrum = np.fft.rfft(early * np.hanning(len(early)))
    shift = np.exp(-2j * np.pi * np.fft.rfftfreq(len(early)) * 0.37)
    shifted = np.fft.irfft(spectrum * shift, len(early))
    assert error_db(late * np.hanning(len(late)), shifted) < -80.0


def test_more_breath_changes_the_sound_while_it_lasts() -> None:
    """The control `modulation` is the breath's pressure: the sound grows with it, in one note."""
    points = [ControlPoint(time_s=0.0, value=0.1), ControlPoint(time_s=2.0, value=1.0)]
    curve = ControlCurve(voice=0, target="modulation", points=points)
    sound = played(Blown(mouth="reed"), [_note(220.0)], 2.0, curves={"modulation": curve})
    early, late = (np.std(sound[first : first + 12_000]) for first in (24_000, 80_000))
    assert late > 1.15 * early
