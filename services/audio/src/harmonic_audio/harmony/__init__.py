"""Harmony: chords by symbol, Roman numeral or degree, sounding in any key and tuning, and how voices move between them.

Public names: `parse_symbol`, `parse_sequence`, `parse_roman`, `Chord`, `chord_of_symbol`, `chord_of_roman`,
`chord_of_degree`, `pitches_of`, `voiced`.
"""

from harmonic_audio.harmony.chords import Chord, chord_of_degree, chord_of_roman, chord_of_symbol, pitches_of
from harmonic_audio.harmony.roman import parse_roman
from harmonic_audio.harmony.symbols import ChordShape, parse_sequence, parse_symbol
from harmonic_audio.harmony.voicing import voiced

__all__ = [
    "Chord",
    "ChordShape",
    "chord_of_degree",
    "chord_of_roman",
    "chord_of_symbol",
    "parse_roman",
    "parse_sequence",
    "parse_symbol",
    "pitches_of",
    "voiced",
]
