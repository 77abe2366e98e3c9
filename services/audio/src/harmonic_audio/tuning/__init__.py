"""Pitch classes, scales and tunings: from a degree of a key to hertz and back."""

from harmonic_audio.tuning.documents import TuningDocument, TuningName
from harmonic_audio.tuning.pitch import NOTE_NAMES, name_of, pitch_class
from harmonic_audio.tuning.scales import JUST_RATIOS, SCALES, Scale
from harmonic_audio.tuning.temperament import Tuning, keyboard_hz, nearest_of

__all__ = [
    "JUST_RATIOS",
    "NOTE_NAMES",
    "SCALES",
    "Scale",
    "Tuning",
    "TuningDocument",
    "TuningName",
    "keyboard_hz",
    "name_of",
    "nearest_of",
    "pitch_class",
]
