"""Scales and tunings against published frequencies and ratios."""

from fractions import Fraction

import numpy as np
import pytest

from harmonic_audio.tuning import SCALES, Tuning, name_of, pitch_class
from harmonic_audio.tuning.pitch import hz_of_midi, midi_of_hz


def test_equal_temperament_has_the_published_frequencies() -> None:
    """C4 is 261.6256 Hz and A4 is 440 Hz."""
    tuning = Tuning("C", "major")
    assert tuning.tonic_hz(4) == pytest.approx(261.6255653005986, rel=1e-12)
    assert tuning.degree_hz(5, 4) == pytest.approx(440.0, rel=1e-12)


def test_just_degrees_are_whole_number_ratios() -> None:
    """A just major scale stands at 1, 9/8, 5/4, 4/3, 3/2, 5/3, 15/8 and 2."""
    tuning = Tuning("D", "major", "just")
    ratios = [Fraction(tuning.degree_hz(d) / tuning.tonic_hz()).limit_denominator(20) for d in range(8)]
    assert [str(r) for r in ratios] == ["1", "9/8", "5/4", "4/3", "3/2", "5/3", "15/8", "2"]


def test_degrees_below_the_tonic_run_on_down() -> None:
    """Degree -1 of a major key is the leading note of the octave below."""
    assert Tuning("C").degree_hz(-1, 4) == pytest.approx(hz_of_midi(59), rel=1e-12)


@pytest.mark.parametrize("name", sorted(SCALES))
def test_every_scale_ascends_from_the_tonic_within_an_octave(name: str) -> None:
    """A scale begins with 0, increases, and stays under 12 semitones."""
    steps = SCALES[name].semitones
    assert steps[0] == 0 and list(steps) == sorted(set(steps)) and steps[-1] < 12


def test_there_are_more_than_twelve_scales() -> None:
    """The catalogue holds at least twelve scales."""
    assert len(SCALES) >= 12


def test_nearest_moves_to_the_nearest_degree_in_cents() -> None:
    """Quantising lands on the scale, and never further than half the widest gap."""
    tuning = Tuning("A", "minor_pentatonic")
    wanted = np.geomspace(50.0, 4000.0, 500)
    found = tuning.nearest(wanted)
    cents = 1200 * np.abs(np.log2(found / wanted))
    assert cents.max() <= 150.0 + 1e-6
    classes = {round(midi_of_hz(float(hz))) % 12 for hz in found}
    assert classes == {(9 + s) % 12 for s in SCALES["minor_pentatonic"].semitones}


def test_names_of_pitches_carry_their_deviation() -> None:
    """A pure third above A4 is C#5, 14 cents low."""
    assert name_of(440.0) == "A4"
    assert name_of(550.0) == "C#5 -14 cents"


@pytest.mark.parametrize("name", ["H", "c", "", "C##", "Cx"])
def test_what_is_no_pitch_class_is_refused(name: str) -> None:
    """A name that is no pitch class raises and says what to write."""
    with pytest.raises(ValueError, match="write A to G"):
        pitch_class(name)
