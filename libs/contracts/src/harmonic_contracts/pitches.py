"""Names of pitches in 12 equal steps. Scientific pitch notation: C4 is middle C, MIDI note 60; A4 is the reference."""

import math
from typing import Final

NOTE_NAMES: Final = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
A4_MIDI: Final = 69


def midi_of_hz(frequency_hz: float, reference_hz: float = 440.0) -> float:
    """Fractional MIDI note number of a frequency: 69 + 12 log2(f / f_A4)."""
    return A4_MIDI + 12.0 * math.log2(frequency_hz / reference_hz)


def nearest_pitch(frequency_hz: float, reference_hz: float = 440.0) -> tuple[str, float]:
    """The name of the nearest pitch, such as ``Bb4``, and the deviation from it in cents."""
    exact = midi_of_hz(frequency_hz, reference_hz)
    nearest = round(exact)
    return f"{NOTE_NAMES[nearest % 12]}{nearest // 12 - 1}", 100.0 * (exact - nearest)
