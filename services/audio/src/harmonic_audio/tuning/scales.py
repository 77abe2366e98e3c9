"""The catalogue of scales, as semitones above the tonic, and the just ratios of the twelve degrees."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final


@dataclass(frozen=True)
class Scale:
    """A scale that repeats at the octave: ascending semitones above the tonic, beginning with 0."""

    name: str
    semitones: tuple[int, ...]
    description: str


def _scale(name: str, semitones: str, description: str) -> Scale:
    return Scale(name, tuple(int(s) for s in semitones.split()), description)


SCALES: Final[dict[str, Scale]] = {
    scale.name: scale
    for scale in (
        _scale("major", "0 2 4 5 7 9 11", "Ionian: bright and settled"),
        _scale("natural_minor", "0 2 3 5 7 8 10", "Aeolian: dark and plain"),
        _scale("harmonic_minor", "0 2 3 5 7 8 11", "Minor with a leading note"),
        _scale("melodic_minor", "0 2 3 5 7 9 11", "Ascending melodic minor"),
        _scale("dorian", "0 2 3 5 7 9 10", "Minor with a raised sixth: cool"),
        _scale("phrygian", "0 1 3 5 7 8 10", "Minor with a lowered second: tense"),
        _scale("lydian", "0 2 4 6 7 9 11", "Major with a raised fourth: floating"),
        _scale("mixolydian", "0 2 4 5 7 9 10", "Major with a lowered seventh: open"),
        _scale("locrian", "0 1 3 5 6 8 10", "With a lowered fifth: unstable"),
        _scale("major_pentatonic", "0 2 4 7 9", "Five notes without semitones: nothing clashes"),
        _scale("minor_pentatonic", "0 3 5 7 10", "Five notes of the minor: earthy"),
        _scale("blues", "0 3 5 6 7 10", "Minor pentatonic with the blue note"),
        _scale("whole_tone", "0 2 4 6 8 10", "Six equal steps: without ground"),
        _scale("octatonic", "0 2 3 5 6 8 9 11", "Whole and half tones in turn"),
        _scale("chromatic", "0 1 2 3 4 5 6 7 8 9 10 11", "All twelve"),
        _scale("hirajoshi", "0 2 3 7 8", "Japanese koto tuning: spare"),
        _scale("in_sen", "0 1 5 7 10", "Japanese shakuhachi scale"),
        _scale("pelog", "0 1 3 7 8", "After the Javanese pelog, to the nearest semitones"),
        _scale("double_harmonic", "0 1 4 5 7 8 11", "Two augmented seconds: ornate"),
        _scale("hungarian_minor", "0 2 3 6 7 8 11", "Harmonic minor with a raised fourth"),
        _scale("phrygian_dominant", "0 1 4 5 7 8 10", "Fifth mode of harmonic minor"),
        _scale("lydian_dominant", "0 2 4 6 7 9 10", "Near to the harmonic series: the acoustic scale"),
        _scale("fifths", "0 7", "Tonic and fifth alone"),
        _scale("octaves", "0", "The tonic alone"),
    )
}

JUST_RATIOS: Final[tuple[Fraction, ...]] = tuple(
    Fraction(text) for text in ["1", "16/15", "9/8", "6/5", "5/4", "4/3", "45/32", "3/2", "8/5", "5/3", "9/5", "15/8"]
)
"""Five-limit just intonation of the twelve semitones above the tonic (asymmetric scale)."""
