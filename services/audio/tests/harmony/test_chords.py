"""Chord symbols and Roman numerals against their spellings in textbooks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonic_audio.harmony import (
    chord_of_degree,
    chord_of_roman,
    chord_of_symbol,
    parse_roman,
    parse_sequence,
    parse_symbol,
    pitches_of,
)
from harmonic_audio.tuning import SCALES, Tuning, pitch_class
from harmonic_audio.tuning.documents import EqualTuning, JustTuning

SPELT = {
    "C": "C E G",
    "Am7": "A C E G",
    "D9": "D F# A C E",
    "F#m7b5/E": "F# A C E",
    "Csus4": "C F G",
    "Dsus2": "D E A",
    "Bbmaj7#11": "Bb D F A E",
    "Bdim": "B D F",
    "Bdim7": "B D F Ab",
    "B°7": "B D F Ab",
    "Bø7": "B D F A",
    "Caug": "C E G#",
    "C+7": "C E G# Bb",
    "C6": "C E G A",
    "Cm6": "C Eb G A",
    "C6/9": "C E G A D",
    "CmMaj7": "C Eb G B",
    "Cm(maj7)": "C Eb G B",
    "CM7": "C E G B",
    "Cmaj9": "C E G B D",
    "Cadd9": "C E G D",
    "C5": "C G",
    "Em11": "E G B D F# A",
    "G11": "G D F A C",
    "G13": "G B D F A E",
    "G7b9": "G B D F Ab",
    "G7(#9)": "G B D F Bb",
    "A7sus4": "A D E G",
    "Gmaj7no5": "G B F#",
    "E-7": "E G B D",
}


def _classes(names: str) -> set[int]:
    return {pitch_class(name) for name in names.split()}


@pytest.mark.parametrize("symbol", SPELT)
def test_symbols_are_spelt_as_in_textbooks(symbol: str) -> None:
    """Each symbol has the notes that a chord dictionary gives, and no others."""
    shape = parse_symbol(symbol)
    assert {(shape.root + s) % 12 for s in shape.semitones} == _classes(SPELT[symbol])


def test_a_slash_names_the_bass() -> None:
    """F#m7b5/E stands on E; without a slash a chord stands on its root."""
    assert parse_symbol("F#m7b5/E").bass == pitch_class("E")
    assert parse_symbol("Am7").bass == pitch_class("A")


def test_a_sequence_has_its_octaves() -> None:
    """The sequence `Am7_4 | D9_3` is two chords, in octaves 4 and 3."""
    first, second = parse_sequence("Am7_4 | D9_3")
    assert (first.root, first.octave, second.root, second.octave) == (9, 4, 2, 3)


NUMERALS = {
    ("C", "major", "I"): "C E G",
    ("C", "major", "vi7"): "A C E G",
    ("C", "major", "ii"): "D F A",
    ("C", "major", "V7"): "G B D F",
    ("C", "major", "Imaj7"): "C E G B",
    ("C", "major", "I7"): "C E G B",
    ("C", "major", "V7/V"): "D F# A C",
    ("C", "major", "V7/ii"): "A C# E G",
    ("C", "major", "vii°7/V"): "F# A C Eb",
    ("C", "major", "viiø7"): "B D F A",
    ("C", "major", "bVII"): "Bb D F",
    ("C", "major", "iv"): "F Ab C",
    ("C", "major", "bVI"): "Ab C Eb",
    ("A", "natural_minor", "i"): "A C E",
    ("A", "natural_minor", "VI"): "F A C",
    ("A", "natural_minor", "bVII"): "G B D",
    ("A", "harmonic_minor", "V7"): "E G# B D",
    ("A", "harmonic_minor", "vii°7"): "G# B D F",
    ("D", "dorian", "IV7"): "G B D F",
    ("E", "phrygian", "II"): "F A C",
    ("F", "lydian", "II"): "G B D",
    ("G", "mixolydian", "bVII"): "F A C",
    ("C", "major_pentatonic", "IV"): "F A C",
}


@pytest.mark.parametrize(("tonic", "scale", "numeral"), NUMERALS)
def test_numerals_are_spelt_as_in_textbooks(tonic: str, scale: str, numeral: str) -> None:
    """Each numeral in each mode has the notes of harmony textbooks."""
    shape = parse_roman(numeral, scale)
    found = {(pitch_class(tonic) + shape.root + s) % 12 for s in shape.semitones}
    assert found == _classes(NUMERALS[tonic, scale, numeral])


@pytest.mark.parametrize(
    ("numeral", "bass"), [("I6", "E"), ("I64", "G"), ("V65", "B"), ("V43", "D"), ("V42", "F"), ("V2", "F")]
)
def test_figures_turn_chords(numeral: str, bass: str) -> None:
    """Figured bass puts the right tone lowest, in C major."""
    assert parse_roman(numeral, "major").bass == pitch_class(bass)


@pytest.mark.parametrize("text", ["", "H7", "Cxyz", "C/H", "C_9", "Csus7", "Cadd3", "C" * 40, "7", "Cm7("])
def test_what_is_no_symbol_is_refused(text: str) -> None:
    """Every refusal is a ValueError that tells what to write."""
    with pytest.raises(ValueError, match=r"write|has 1 to|is 0 to 8"):
        parse_symbol(text)


@pytest.mark.parametrize("text", ["", "VIII", "iV", "V7/", "V/V/V/V", "Ix", "I42x"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    """Every refusal is a ValueError that names the numeral."""
    with pytest.raises(ValueError, match=r"numeral"):
        parse_roman(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ABCDEFGIVivmajdisu#b°ø+245679113/_()", max_size=12))
def test_any_text_is_a_chord_or_refused(text: str) -> None:
    """No text does anything but give a chord with a root at its foot, or a ValueError."""
    for parse in (parse_symbol, parse_roman):
        try:
            shape = parse(text)
        except ValueError:
            continue
        assert shape.semitones[0] == 0 and 0 <= shape.root < 12 and 0 <= shape.bass < 12


def test_pitches_of_a_chord_fill_the_range() -> None:
    """Every C, E and G from 100 Hz to 1 kHz, and nothing else."""
    found = pitches_of(chord_of_symbol("C", Tuning("G")), Tuning("G"), 100.0, 1000.0)
    wanted = [440.0 * 2 ** ((n - 69) / 12) for n in range(128) if n % 12 in (0, 4, 7)]
    np.testing.assert_allclose(found, [hz for hz in wanted if 100.0 <= hz <= 1000.0], rtol=1e-12)


def test_chords_are_in_the_key_s_tuning() -> None:
    """A tonic triad in just intonation is 4:5:6; in 31 equal steps it is three of their steps."""
    just = chord_of_roman("I", Tuning("Eb", "major", JustTuning()))
    assert just.tones == pytest.approx((1.0, 5 / 4, 3 / 2), rel=1e-12)
    finer = chord_of_roman("I", Tuning("Eb", "major", EqualTuning(divisions=31)))
    assert 31 * np.log2(finer.tones) == pytest.approx([0, 10, 18], abs=1e-9)


@pytest.mark.parametrize("scale", sorted(SCALES))
def test_a_degree_s_triad_is_every_second_degree(scale: str) -> None:
    """The chord on a degree has the scale's own notes, in every scale."""
    tuning = Tuning("A", scale)
    chord = chord_of_degree(1, tuning)
    wanted = [tuning.degree_hz(1 + n, 4) / tuning.tonic_hz(4) for n in (0, 2, 4)]
    assert chord.tones == pytest.approx(wanted, rel=1e-12)
    assert chord.step(2) * tuning.tonic_hz(3) == pytest.approx(tuning.degree_hz(3, 3), rel=1e-12)
