"""Names of pitches. Scientific pitch notation: C4 is middle C, MIDI note 60; A4 is the reference."""

import math
from typing import Final

from harmonic_contracts.pitches import A4_MIDI, NOTE_NAMES, midi_of_hz, nearest_pitch

__all__ = ["A4_MIDI", "NOTE_NAMES", "PITCH_CLASS_PATTERN", "hz_of_midi", "midi_of_hz", "name_of", "pitch_class"]

_LETTERS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS: Final = {"": 0, "#": 1, "b": -1}
PITCH_CLASS_PATTERN: Final = r"^[A-G](#|b)?$"


def pitch_class(name: str) -> int:
    """The pitch class 0..11 of a name such as ``F#`` or ``Bb``. Raises ValueError for anything else."""
    if not name or name[0] not in _LETTERS or name[1:] not in _ACCIDENTALS:
        raise ValueError(f"{name!r} is not a pitch class: write A to G, then nothing, # or b")
    return (_LETTERS[name[0]] + _ACCIDENTALS[name[1:]]) % 12


def hz_of_midi(note: float, reference_hz: float = 440.0) -> float:
    """Frequency in hertz of a (fractional) MIDI note number in 12 equal steps."""
    return reference_hz * math.exp2((note - A4_MIDI) / 12.0)


def name_of(frequency_hz: float, reference_hz: float = 440.0) -> str:
    """The nearest equal-tempered pitch with its deviation, e.g. ``B5 -12 cents``; under half a cent it is left out."""
    name, deviation = nearest_pitch(frequency_hz, reference_hz)
    cents = round(deviation)
    return name if cents == 0 else f"{name} {cents:+d} cents"
