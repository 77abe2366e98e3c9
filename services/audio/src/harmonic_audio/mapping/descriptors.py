"""A few plain measurements of a score, for those who compare scores without rendering them."""

from math import fsum

import numpy as np

from harmonic_audio.tuning.pitch import midi_of_hz
from harmonic_contracts.score import Score


def describe(score: Score) -> dict[str, float | int | None]:
    """Density, register and level of a score; units are in the names. None where there is no note."""
    notes = score.notes
    if not notes:
        return {
            "notes": 0,
            "notes_per_s": 0.0,
            "register_midi": None,
            "register_span_semitones": None,
            "loudness": None,
        }
    loudness = np.array([note.loudness for note in notes])
    pitch = np.array([midi_of_hz(note.frequency_hz) for note in notes])
    return {
        "notes": len(notes),
        "notes_per_s": len(notes) / score.duration_s,
        "register_midi": float(np.average(pitch, weights=loudness)),
        "register_span_semitones": float(pitch.max() - pitch.min()),
        "loudness": float(loudness.mean()),
        "brightness": float(np.average([note.brightness for note in notes], weights=loudness)),
        "sounding": float(fsum(note.duration_s for note in notes) / score.duration_s),
    }
