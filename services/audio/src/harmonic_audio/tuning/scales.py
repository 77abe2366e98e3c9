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
        _scale("neapolitan_major", "0 1 3 5 7 9 11", "Major with a lowered second and third"),
        _scale("neapolitan_minor", "0 1 3 5 7 8 11", "Harmonic minor with a lowered second"),
        _scale("harmonic_major", "0 2 4 5 7 8 11", "Major with a lowered sixth"),
        _scale("locrian_natural_6", "0 1 3 5 6 9 10", "Second mode of harmonic minor"),
        _scale("ionian_augmented", "0 2 4 5 8 9 11", "Third mode of harmonic minor"),
        _scale("ukrainian_dorian", "0 2 3 6 7 9 10", "Fourth mode of harmonic minor: dorian with a raised fourth"),
        _scale("lydian_augmented", "0 2 4 6 8 9 11", "Third mode of melodic minor"),
        _scale("mixolydian_flat_6", "0 2 4 5 7 8 10", "Fifth mode of melodic minor"),
        _scale("half_diminished", "0 2 3 5 6 8 10", "Sixth mode of melodic minor: locrian with a natural second"),
        _scale("altered", "0 1 3 4 6 8 10", "Seventh mode of melodic minor: every tension over a dominant"),
        _scale("dorian_flat_2", "0 1 3 5 7 9 10", "Second mode of melodic minor"),
        _scale("octatonic_half_whole", "0 1 3 4 6 7 9 10", "Half and whole tones in turn"),
        _scale("augmented", "0 3 4 7 8 11", "Minor thirds and semitones in turn"),
        _scale("tritone", "0 1 4 6 7 10", "Two major triads a tritone apart"),
        _scale("prometheus", "0 2 4 6 9 10", "Skryabin's: the acoustic scale without its fifth"),
        _scale("enigmatic", "0 1 4 6 8 10 11", "Verdi's puzzle"),
        _scale("persian", "0 1 4 5 6 8 11", "Double harmonic with a lowered fifth"),
        _scale("major_blues", "0 2 3 4 7 9", "Major pentatonic with the blue note"),
        _scale("egyptian", "0 2 5 7 10", "Suspended pentatonic: neither major nor minor"),
        _scale("yo", "0 2 5 7 9", "Japanese folk pentatonic"),
        _scale("iwato", "0 1 5 6 10", "Japanese: the mode on the seventh of hirajoshi"),
        _scale("kumoi", "0 2 3 7 9", "Japanese: minor third over a pentatonic"),
        _scale("bebop_dominant", "0 2 4 5 7 9 10 11", "Mixolydian with a passing major seventh"),
        _scale("bebop_major", "0 2 4 5 7 8 9 11", "Major with a passing raised fifth"),
        _scale("messiaen_3", "0 2 3 4 6 7 8 10 11", "Third mode of limited transposition"),
        _scale("messiaen_5", "0 1 5 6 7 11", "Fifth mode of limited transposition"),
        _scale("fifths", "0 7", "Tonic and fifth alone"),
        _scale("octaves", "0", "The tonic alone"),
    )
}

JUST_RATIOS: Final[tuple[Fraction, ...]] = tuple(
    Fraction(text) for text in ["1", "16/15", "9/8", "6/5", "5/4", "4/3", "45/32", "3/2", "8/5", "5/3", "9/5", "15/8"]
)
"""Five-limit just intonation of the twelve semitones above the tonic (asymmetric scale)."""

SEVEN_LIMIT_RATIOS: Final[tuple[Fraction, ...]] = tuple(
    Fraction(text) for text in ["1", "15/14", "8/7", "6/5", "5/4", "4/3", "7/5", "3/2", "8/5", "5/3", "7/4", "15/8"]
)
"""Seven-limit just intonation: the septimal whole tone, tritone and minor seventh."""
