"""The soundscape document: how a universe sounds, declared as data."""

from harmonic_audio.soundscape.document import Chord, Density, Grid, Key, Mix, Reverb, Soundscape
from harmonic_audio.soundscape.rules import (
    BodyPitch,
    ChordPitch,
    Coincidence,
    CurveRule,
    Entries,
    EventRule,
    Limits,
    RatePitch,
    SampledNotes,
    ScalePitch,
    ValueRule,
)

__all__ = [
    "BodyPitch",
    "Chord",
    "ChordPitch",
    "Coincidence",
    "CurveRule",
    "Density",
    "Entries",
    "EventRule",
    "Grid",
    "Key",
    "Limits",
    "Mix",
    "RatePitch",
    "Reverb",
    "SampledNotes",
    "ScalePitch",
    "Soundscape",
    "ValueRule",
]
