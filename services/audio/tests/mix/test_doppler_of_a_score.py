"""A voice whose distance changes is heard as a moving source: through the whole rendering of a score."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from harmonic_audio.mix.motion import SPEED_OF_SOUND
from harmonic_audio.rendering import render
from harmonic_audio.soundscape.mix import Mix
from harmonic_contracts.score import ControlCurve, ControlPoint, KeyMark, Note, Score, TempoMark, Voice

RATE = 48_000
HERTZ, SPEED = 440.0, 20.0


def _flying() -> Score:
    """A held tone that comes nearer at 20 m/s, from 100 m to 20 m."""
    points = [ControlPoint(time_s=t, value=100.0 - SPEED * t) for t in (0.0, 4.0)]
    return Score(
        title="flight",
        duration_s=4.0,
        voices=[Voice(name="tone", instrument="sine")],
        notes=[Note(onset_s=0.0, duration_s=4.0, frequency_hz=HERTZ, loudness=0.8, voice=0)],
        curves=[ControlCurve(voice=0, target="distance_m", points=points)],
        tempo_map=[TempoMark(time_s=0.0, bpm=120.0)],
        key_map=[KeyMark(time_s=0.0, tonic="A", scale="major", tonic_hz=440.0)],
    )


@pytest.mark.parametrize(("doppler", "ratio"), [(True, 1 / (1 - SPEED / SPEED_OF_SOUND)), (False, 1.0)])
def test_the_pitch_of_a_nearing_voice_rises_by_its_speed(tmp_path: Path, doppler: bool, ratio: float) -> None:
    """The master lies at f / (1 - v / c) within 0.3 cent with Doppler, at f without."""
    render(_flying(), Mix(doppler=doppler, reverb=None), tmp_path)
    sound = soundfile.read(tmp_path / "master.wav")[0][RATE : 2 * RATE, 0]
    size = 1 << 19
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    near = np.abs(np.log2(hertz[1:] / HERTZ)) < 1 / 6
    found = hertz[1:][near][np.argmax(spectrum[1:][near])]
    assert abs(1200 * np.log2(found / (ratio * HERTZ))) < 0.3
